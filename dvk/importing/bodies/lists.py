"""What the server knows that a table of bodies must fit: the bodies that are there, the categories of I.1."""

from collections.abc import Mapping, Sequence

from dvk.api import Api
from dvk.importing.known import KnownBody, fetch_bodies


async def fetch_lists(api: Api) -> tuple[Sequence[KnownBody], Mapping[str, str]]:
    """Every body, also those that are no more, and the holder kind of each category that a preset or a rule
    set in force knows: bodies are entered before any rule set can be adopted.
    """
    bodies = await fetch_bodies(api, ended=True)
    categories: dict[str, str] = {}
    for preset in (await api.read("evaluation", "/presets"))["items"]:
        settings = preset["rule_set"]["settings"]
        categories |= {c["id"]: c["holder_kind"] for c in settings["categories"]["value"]}
    async for row in api.pages("evaluation", "/rule-sets"):
        if row["standing"] == "in_force":
            held = f"/rule-sets/{row['rule_set_id']}/versions/{row['version']}"
            settings = (await api.read("evaluation", held))["adopted"]["settings"]
            categories |= {c["id"]: c["holder_kind"] for c in settings["categories"]["value"]}
    return bodies, categories
