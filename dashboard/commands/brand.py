"""``digital-persona brand``: how the brand speaks and looks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands.output import output
from dashboard.commands.products import picture_bytes
from dashboard.services.studio import brand as brands
from dashboard.services.studio import briefs
from engine.content import BrandVoice

EPILOG = 'Example:\n\ndigital-persona brand --name "Fernwick" --never cheap --colour "#274c43" --logo logo.png'


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("brand", epilog=EPILOG)(brand)


def brand(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="The brand's name, as posts say it.")] = None,
    tone: Annotated[str | None, typer.Option(help="warm, plain, playful, expert or bold.")] = None,
    use: Annotated[list[str] | None, typer.Option(help="Words to use (may be repeated).")] = None,
    never: Annotated[list[str] | None, typer.Option(help="Words never to use (may be repeated).")] = None,
    colour: Annotated[list[str] | None, typer.Option(help="Colours as #rrggbb, the main one first.")] = None,
    disclosure: Annotated[str | None, typer.Option(help="The sentence that says AI was used.")] = None,
    hashtag: Annotated[list[str] | None, typer.Option(help="Hashtags of the brand (may be repeated).")] = None,
    logo: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The logo for thumbnails: a PNG or JPEG.")
    ] = None,
    no_logo: Annotated[bool, typer.Option("--no-logo", help="Go without a logo from now on.")] = False,
) -> None:
    """Show the brand voice, or change what is given; the rest stays as it is."""
    out = output(context)
    voice = briefs.brand_voice(out.workspace)
    given: dict[str, Any] = {
        "name": name,
        "tone": tone,
        "words_to_use": use,
        "words_never": never,
        "palette": colour,
        "disclosure": disclosure,
        "hashtags": hashtag,
    }
    changes = {key: value for key, value in given.items() if value}
    if changes or logo or no_logo:
        voice = BrandVoice.model_validate({**voice.model_dump(), **changes})
        given_logo = picture_bytes(logo) if logo else None
        brands.save(out.workspace, out.user, voice, given_logo, without_logo=no_logo)
    digest = brands.logo_digest(out.workspace)
    said = f"logo {digest[:12]}" if digest else "no logo"
    plain = {**voice.model_dump(mode="json"), "logo_sha256": digest}
    out.say(f"{voice.name}: {voice.tone}; {voice.disclosure} ({said})", plain)
