"""The editor: existing pictures repurposed. Crop to the subject, lay out with the brand, never distort."""

from engine.editor.picture import Picture, PictureError, open_picture
from engine.editor.render import LAYOUTS, Layout, Thumbnail, ThumbnailOrder, render_thumbnail

__all__ = [
    "LAYOUTS",
    "Layout",
    "Picture",
    "PictureError",
    "Thumbnail",
    "ThumbnailOrder",
    "open_picture",
    "render_thumbnail",
]
