"""The models of the demonstration: the published ones, and for a larger year more of their kind."""

import csv
import io
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

from dvk.demo.fates import Fate, fates_of, shuffled
from dvk.demo.province import COMMISSION, Body, Province

MODELS_MAX: Final = 20_000
PUBLISHED: Final = 64

_CELL: Final = "party_cell"
_WOMENS_UNION: Final = "lhpn-tinh"


@dataclass(frozen=True)
class DemoModel:
    """A model to be played: who holds it, where, who decides, and what becomes of it."""

    key: str
    name: str
    holder_name: str
    individual: bool
    category: str
    address: str
    field: str
    figures: str
    source: str
    holder: str
    committee: str
    deciding_body: str
    fate: Fate = Fate.USUAL
    generated: bool = False


def published_models(province: Province) -> list[DemoModel]:
    """The published models, each with the body that plays its holder."""
    text = files("dvk").joinpath("data", "models.csv").read_text("utf-8")
    return [_published(row, province) for row in csv.DictReader(io.StringIO(text))]


def _published(row: dict[str, str], province: Province) -> DemoModel:
    listed = row["category"] != "none"
    own_committee = row["committee_body"] == "tinh-uy"
    return DemoModel(
        key=row["key"],
        name=row["name"],
        holder_name=row["holder"],
        individual=row["holder_kind"] == "individual",
        category=row["category"],
        address=row["place"],
        field=row["field"],
        figures=row["figures"],
        source=row["source"],
        holder=row["holder_body"] if listed else _area_of(row["committee_body"], province),
        committee=row["committee_body"],
        # Clauses b and d give a commune committee's own model to nobody; the Commission is asked in vain.
        deciding_body=COMMISSION if own_committee else row["committee_body"],
        fate=_special_fate(listed=listed, own_committee=own_committee),
    )


def _special_fate(*, listed: bool, own_committee: bool) -> Fate:
    if not listed:
        return Fate.NOT_LISTED
    return Fate.NO_COMPETENT_BODY if own_committee else Fate.USUAL


def _area_of(committee: str, province: Province) -> str:
    """Who stands for a holder that no clause lists: a hamlet of the place, or the committee itself."""
    for body in province.bodies.values():
        if body.kind == "residential_area" and body.lines["territory"] == committee:
            return body.key
    return committee


def choose_models(province: Province, count: int, seed: int) -> list[DemoModel]:
    """`count` models with their fates: published ones first, then generated ones. A small year holds one
    each of the fates that only some holders can have.
    """
    published = {model.key: model for model in published_models(province)}
    order = shuffled(list(published), seed)
    if count < len(published):
        order = _telling_first(order, published, province)[:count]
    models = [published[key] for key in order]
    models += _generated(province, list(published.values()), count - len(models), seed)
    return _with_fates(models, province, seed)


def _telling_first(
    order: list[str], published: dict[str, DemoModel], province: Province
) -> list[str]:
    """One each of: not listed, without a competent body, a Women's Union, an individual, a village's cell."""
    tests = (
        lambda model: model.fate is Fate.NOT_LISTED,
        lambda model: model.fate is Fate.NO_COMPETENT_BODY,
        lambda model: model.holder.startswith("lhpn-"),
        lambda model: model.individual,
        lambda model: _of_a_cell(model, province),
    )
    first = [next(key for key in order if test(published[key])) for test in tests]
    # A small year keeps the refusals to the one: the rest shall go through it.
    rest = [key for key in order if key not in first]
    rest.sort(key=lambda key: published[key].fate is not Fate.USUAL)
    return [*first, *rest]


def _generated(
    province: Province, published: list[DemoModel], count: int, seed: int
) -> list[DemoModel]:
    """More models: a published one's kind of work, by a body of the same kind somewhere else."""
    by_kind: dict[str, list[Body]] = {}
    for body in province.bodies.values():
        by_kind.setdefault(body.kind, []).append(body)
    patterns = [model for model in published if model.fate is Fate.USUAL]
    models: list[DemoModel] = []
    number = 0
    while len(models) < count:
        pattern = patterns[number % len(patterns)]
        bodies = by_kind[province.bodies[pattern.holder].kind]
        body = bodies[(seed + number // len(patterns) * 7 + number) % len(bodies)]
        number += 1
        model = _like(pattern, body, province, number)
        if model is not None:
            models.append(model)
    return models


def _like(pattern: DemoModel, body: Body, province: Province, number: int) -> DemoModel | None:
    """The pattern's model by another body; None where no body competent for it has a council."""
    committee = body.key if pattern.individual else _committee_of(body, province)
    if committee is None:
        return None
    place = province.units[body.place].name
    return replace(
        pattern,
        key=f"{pattern.key}-{number:05d}",
        name=f"{pattern.name} ({place}, {number})"[:200],
        holder_name=body.name if not pattern.individual else pattern.holder_name,
        address=place,
        figures="",
        holder=body.key,
        committee=committee,
        deciding_body=committee,
        generated=True,
    )


def _committee_of(body: Body, province: Province) -> str | None:
    """The first committee above in the party line that has a council."""
    above = body.lines["party"]
    while above is not None and above not in province.councils:
        above = province.bodies[above].lines["party"]
    return above


def _of_a_cell(model: DemoModel, province: Province) -> bool:
    """Whether a cell holds it that may well have no account."""
    return province.bodies[model.holder].kind == _CELL and not model.individual


def _with_fates(models: list[DemoModel], province: Province, seed: int) -> list[DemoModel]:
    vertical = next(
        (m.key for m in models if m.holder.startswith("lhpn-") and m.fate is Fate.USUAL), None
    )
    cell = next((m.key for m in models if _of_a_cell(m, province) and m.fate is Fate.USUAL), None)
    free = [m.key for m in models if m.fate is Fate.USUAL and m.key not in (vertical, cell)]
    individual = next((m.key for m in models if m.individual), None)
    fates = fates_of([key for key in free if key != individual], seed, len(models))
    _collectives_hold_jointly(fates, {m.key for m in models if m.individual})
    played: list[DemoModel] = []
    for model in models:
        if model.key == vertical:
            played.append(replace(model, fate=Fate.VERTICAL_LINE, deciding_body=_WOMENS_UNION))
            continue
        fate = Fate.FROM_PAPER if model.key == cell else fates.get(model.key, model.fate)
        # Clause I.2.2a gives the Commission exemplars alone: for a model it is named by mistake.
        body = COMMISSION if fate is Fate.NAMED_ANEW else model.deciding_body
        played.append(replace(model, fate=fate, deciding_body=body))
    return played


def _collectives_hold_jointly(fates: dict[str, Fate], individuals: set[str]) -> None:
    """Individuals hold alone: where the seed gave one a joint model, a collective takes it in exchange."""
    for key in [key for key, fate in fates.items() if fate is Fate.JOINT and key in individuals]:
        collective = next(
            other
            for other, fate in fates.items()
            if other not in individuals and fate is not Fate.JOINT
        )
        fates[key], fates[collective] = fates[collective], fates[key]
