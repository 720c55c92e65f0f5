"""``digital-persona brand``: how the brand speaks and looks."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboard.commands.output import output
from dashboard.services import briefs, campaigns
from engine.content import BrandVoice

EPILOG = 'Example:\n\ndigital-persona brand --name "Fernwick" --tone warm --never cheap --colour "#274c43"'


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
) -> None:
    """Show the brand voice, or change what is given."""
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
    if changes:
        voice = BrandVoice.model_validate({**voice.model_dump(), **changes})
        campaigns.save_brand(out.workspace, out.user, voice)
    out.say(f"{voice.name}: {voice.tone}; {voice.disclosure}", voice.model_dump(mode="json"))
