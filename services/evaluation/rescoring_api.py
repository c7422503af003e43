"""Correcting an opened score over HTTP: by the appraiser himself, or from the paper of one without an account."""

from typing import Final
from uuid import UUID

from msgspec.structs import asdict

from services.evaluation import facts, team_facts
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import unfinished
from services.evaluation.domain.rescoring import (
    CorrectScore,
    CorrectScoreForm,
    CorrectSheet,
    CorrectSheetForm,
)
from services.evaluation.domain.scoring import Standard, refuse_unknown_files
from services.evaluation.team_api import SHEET_BYTES_MAX, dossier_of, refuse_an_account
from shared.contracts.appraisal import AppraisalOpened, EnteredOnBehalf
from shared.contracts.evaluation import Fraction
from shared.domain.attachments import media_type_of
from shared.host.files import hash_of
from shared.host.service import Api, Call, Outcome


async def correct_score(call: Call[CorrectScoreForm]) -> Outcome:
    """Correct your own score with the reason, once the team's scores are open and until the appraisal is
    complete. The former one stays in the record.
    """
    appraisal, state, dossier = await dossier_of(call)
    member = await team_facts.the_appraiser(call, state.team, call.actor.subject)
    standard, divergence, cites = await _rules(call, dossier)
    command = CorrectScore(
        **asdict(call.body),
        appraiser=member.appraiser_id,
        standard=standard,
        divergence=divergence,
        at=call.now,
    )
    return await call.execute(
        APPRAISAL,
        appraisal,
        command,
        cites=cites,
        rules=facts.rule_set_name(dossier),
        pseudonym=member.appraiser_id,
    )


async def correct_sheet(call: Call[CorrectSheetForm]) -> Outcome:
    """Correct the score of an appraiser without an account, from the paper on which he says so (PDF, JPEG or
    PNG, at most 5 MiB), once the team's scores are open and until the appraisal is complete.
    """
    appraisal, state, dossier = await dossier_of(call)
    standard, divergence, cites = await _rules(call, dossier)
    form = call.body
    command = CorrectSheet(
        criterion=form.criterion,
        points=form.points,
        evidence=form.evidence,
        files=form.files,
        reason=form.reason,
        appraiser=call.path_id("appraiser"),
        on_behalf=EnteredOnBehalf(entered_by=call.actor.subject, paper=hash_of(form.content)),
        standard=standard,
        divergence=divergence,
        at=call.now,
    )
    await call.permit(APPRAISAL, appraisal, command)
    unfinished(state)
    await refuse_an_account(call, state, command.appraiser)
    media_type_of(form.content)
    # As for a sheet: the scan is kept before the event that names its hash.
    await call.files.put(form.content)
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=cites, rules=rules)


async def _rules(
    call: Call[CorrectScoreForm] | Call[CorrectSheetForm], dossier: AppraisalOpened
) -> tuple[Standard, Fraction, tuple[UUID, ...]]:
    """The criteria, and how far apart a team's points may lie. Raises RefusedError for unknown evidence."""
    standard, cites = await facts.standard_of(call, dossier)
    settings, cited = await facts.rules_of(call, dossier.rule_set, dossier.rule_set_version)
    files = call.body.files
    refuse_unknown_files(files, await team_facts.attached(call.read, dossier.model, files))
    return standard, settings.divergence.value, (*cites, *cited)


_TAG: Final = "appraisals"
_ONE: Final = "/appraisals/{appraisal_id}/team"


def routes(api: Api) -> None:
    """Declare the routes of corrections."""
    api.write(
        f"{_ONE}/scores/corrections",
        CorrectScoreForm,
        correct_score,
        command=CorrectScore,
        tag=_TAG,
    )
    api.write(
        f"{_ONE}/{{appraiser}}/sheet/corrections",
        CorrectSheetForm,
        correct_sheet,
        command=CorrectSheet,
        tag=_TAG,
        body_bytes_max=SHEET_BYTES_MAX,
    )
