from . import test_architecture
from .common import (
    test_access_companies,
    test_access_later_chapters,
    test_access_rights,
    test_batches,
    test_database,
    test_dead_ends,
    test_printed,
    test_replayed,
    test_schedule,
    test_screens,
    test_system_fields,
    test_tours,
    test_translations,
    test_typed,
    test_waiting,
)
from .catalogue import test_catalogue, test_price_list_report, test_price_files
from .quotation import test_quotation, test_order_report
from .gate import (
    test_agreement,
    test_agreement_report,
    test_credit_check,
    test_gate,
    test_gate_at_once,
    test_no_way_around,
    test_printing,
    test_retention,
    test_signing_http,
)
from .contract import test_thread, test_contract_rules, test_reconciliation, test_clock
from .devices import test_devices
from .invoicing import (
    test_agreed_invoices,
    test_crash,
    test_edit_invariants,
    test_failing_months,
    test_fast_invoices,
    test_invoice_run,
    test_invoicing_invariants,
)
from .changes import (
    test_change_gate,
    test_change_invariants,
    test_change_rules,
    test_end_of_term,
    test_extension,
    test_seats,
    test_steps,
    test_termination,
    test_upgrade,
)
from .custody import test_custody
from .returns import (
    test_certificate_http,
    test_erasure,
    test_erasure_standards,
    test_pickup_fee,
    test_pickup_proof,
    test_returns,
    test_scans,
)
from .fleet import test_depreciation, test_fleet
from .commission import (
    test_commission,
    test_commission_invariants,
    test_commission_of_changes,
    test_commission_reconciliation,
)
from .sellout import (
    test_sellout,
    test_sellout_coverage,
    test_sellout_files,
    test_sellout_words,
)
from .licenses import (
    test_license,
    test_licenses_at_once,
    test_licenses_of_changes,
    test_marketplace,
    test_offer_http,
)
from .portal import (
    test_dead_ends_http,
    test_forms_at_once,
    test_health,
    test_portal,
    test_portal_attacks_http,
    test_portal_http,
    test_portal_pages_http,
    test_portal_returns_http,
    test_portal_routes_http,
    test_portal_tours,
    test_typed_http,
)
