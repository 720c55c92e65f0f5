"""The editor: existing pictures repurposed. Crop to the subject, lay out with the brand, never distort."""

from engine.editor.layouts import LAYOUTS, Layout, ThumbnailOrder
from engine.editor.logo import Logo, open_logo
from engine.editor.picture import MAX_BYTES, Picture, PictureError, open_picture
from engine.editor.provider import IMAGE_PROVIDERS
from engine.editor.render import Thumbnail, render_thumbnail

__all__ = [
    "IMAGE_PROVIDERS",
    "LAYOUTS",
    "MAX_BYTES",
    "Layout",
    "Logo",
    "Picture",
    "PictureError",
    "Thumbnail",
    "ThumbnailOrder",
    "open_logo",
    "open_picture",
    "render_thumbnail",
]
