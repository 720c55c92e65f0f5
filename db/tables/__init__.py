"""Every table of a workspace. Importing this package fills ``SQLModel.metadata``."""

from db.tables.campaigns import (
    BrandRow,
    CampaignRow,
    CheckRow,
    DecisionRow,
    DraftRow,
    DraftVersionRow,
    ExportItemRow,
    ExportRow,
    MediaRow,
)
from db.tables.customers import ConsentEventRow, CustomerRow, IdentityRow, IdentityTokenRow, ProfileRow
from db.tables.effects import EffectRow, InterventionRow
from db.tables.governance import LedgerHeadRow, LedgerRow, UserRow, WorkspaceRow
from db.tables.material import (
    HistoricalPostRow,
    ImportChangeRow,
    ImportProblemRow,
    ImportRow,
    InteractionRow,
    MappingRow,
    MetricPointRow,
    ProductFactRow,
    ProductRow,
    ReviewRow,
)
from db.tables.personas import (
    PersonaBuildRow,
    PersonaEvidenceRow,
    PersonaMemberRow,
    PersonaRow,
    PersonaVersionRow,
)

__all__ = [
    "BrandRow",
    "CampaignRow",
    "CheckRow",
    "ConsentEventRow",
    "CustomerRow",
    "DecisionRow",
    "DraftRow",
    "DraftVersionRow",
    "EffectRow",
    "ExportItemRow",
    "ExportRow",
    "HistoricalPostRow",
    "IdentityRow",
    "IdentityTokenRow",
    "ImportChangeRow",
    "ImportProblemRow",
    "ImportRow",
    "InteractionRow",
    "InterventionRow",
    "LedgerHeadRow",
    "LedgerRow",
    "MappingRow",
    "MediaRow",
    "MetricPointRow",
    "PersonaBuildRow",
    "PersonaEvidenceRow",
    "PersonaMemberRow",
    "PersonaRow",
    "PersonaVersionRow",
    "ProductFactRow",
    "ProductRow",
    "ProfileRow",
    "ReviewRow",
    "UserRow",
    "WorkspaceRow",
]
