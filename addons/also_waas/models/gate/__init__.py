"""What stands between a quotation and its confirmation: the credit check, the
agreements and their signatures. Whatever is confirmed has passed it."""

from . import waas_retention
from . import res_partner
from . import waas_credit_check
from . import waas_credit_check_decide
from . import waas_agreement_template
from . import res_currency
from . import waas_agreement
from . import waas_agreement_sign
from . import waas_agreement_print
from . import res_partner_forget
from . import waas_signing_link
from . import waas_deal_mixin
from . import waas_deal_mixin_credit
from . import waas_deal_mixin_signatory
from . import waas_deal_mixin_signatures
from . import sale_order
from . import sale_order_deal
from . import sale_order_confirm
from . import sale_order_cancel
from . import payment_transaction
from . import res_company
from . import res_config_settings
from . import mail_thread
