"""The operations of SimpleAPI that we call. Names are case sensitive."""

READS = frozenset(
    {
        "GetAvailableServicesForMarketplace",
        "GetCompanies",
        "GetCompany",
        "GetCompanyByVatId",
        "GetFieldsForService",
        "GetLatestInvoicesForPeriod",
        "GetMarketplaceServiceCharges",
        "GetMarketplaces",
        "GetPossibleServicesForParent",
        "GetPossibleServicesForUpgrade",
        "GetPreviewInvoices",
        "GetRemoteEnums",
        "GetReseller",
        "GetServiceInformation",
        "GetSpecialProductTermsForService",
        "GetSubscription",
        "GetSubscriptionDependencies",
        "GetSubscriptionFieldsForRenew",
        "GetSubscriptionFieldsForUpgrade",
        "GetSubscriptions",
        "ListCreditCheckOrdersForApproval",
        "ListMarketplaceServices",
        "PingPong",
        "ValidateFields",
    }
)
# Repeated blindly, the first two buy twice.
WRITES = frozenset(
    {
        "CreateSubscription",
        "CreateCompany",
        "AcceptTermsForMarketplaceService",
        "ConfigureSubscriptionRenew",
        "ExecuteSubscriptionUpgrade",
        "RetryLastFailedProvisioning",
        "TerminateAccount",
        "UpdateSubscription",
    }
)
LOGIN = "GetSessionToken"
LOGOUT = "TerminateSessionToken"
