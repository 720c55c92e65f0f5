"""The encoder that the settings name, with its vectors kept in the workspace."""

from __future__ import annotations

from dashboard.services import files
from dashboard.workspace import Workspace
from engine.encoders import ENCODERS
from engine.ports import Encoder


def text_encoder(workspace: Workspace) -> Encoder:
    """Return the encoder of texts. Its model is loaded at first use.

    Raises
    ------
    StoreError
        When the settings name weights that are not kept, or are damaged, missing or out of reach.
    """
    settings = workspace.settings
    weights = files.model_path(workspace, settings.encoder_weights) if settings.encoder_weights else None
    return ENCODERS.default(settings.encoder_path, workspace.subfolder("vectors"), settings.threads, weights)
