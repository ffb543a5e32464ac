"""The interface in our own words: what each operation takes, and what it answers.

Every request and every answer is checked against it, so that a connector and this
server cannot agree on something wrong. Requests are checked strictly: a member that is
not named here, or in another case, is a mistake. Answers may have more members.

Written from a description of the interface, for the operations that a connector needs.
"""

from jsonschema import Draft202012Validator

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
NUMBER = {"type": "number"}
FLAG = {"type": "boolean"}
MOMENT = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?$",
}
DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
ANY = {}
NOTHING = {"type": "null"}


def list_of(items):
    return {"type": "array", "items": items}


def map_of(values):
    return {"type": "object", "additionalProperties": values}


def takes(**members):
    """A request: a name that ends in an underscore may be left out."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name.rstrip("_"): value for name, value in members.items()},
        "required": [name for name in members if not name.endswith("_")],
    }


def tells(*required, **members):
    """An answer: nothing but ``required`` has to be there, and more may be."""
    return {
        "type": "object",
        "properties": {
            name: {"anyOf": [value, NOTHING]} if name not in required else value
            for name, value in members.items()
        },
        "required": list(required),
    }


ENUM_MEMBER = tells("Value", DisplayName=TEXT, Value=ANY, Hint=TEXT)
FIELD = tells("Name", Name=TEXT, DisplayName=TEXT, Value=ANY)
PRICEABLE_ITEM = tells(
    "PriceableItemId",
    PriceableItemId=WHOLE,
    PriceableItemType=TEXT,
    PriceableItemDescription=TEXT,
    ChargeType=TEXT,
    FieldName=TEXT,
    IsUDRCField=FLAG,
    PurchasePrice=NUMBER,
    SalesPrice=NUMBER,
    SuggestedRetailPrice=NUMBER,
    Currency=TEXT,
    MaterialNumber=TEXT,
    ProductNumber=TEXT,
    PrepaidPeriodInMonths=NUMBER,
    CommitementPeriodInMonths=NUMBER,
)
SUBSCRIPTION = tells(
    "AccountId",
    "AccountState",
    "ServiceName",
    AccountId=WHOLE,
    AccountState={"enum": ["Active", "Terminated"]},
    ParentAccountId=WHOLE,
    CompanyAccountId=WHOLE,
    ParentType=TEXT,
    ServiceName=TEXT,
    ServiceDisplayName=TEXT,
    VendorDisplayName=TEXT,
    Status=TEXT,
    ProvisioningStatus=TEXT,
    AdvancePeriodEndAction={"enum": ["Renew", "Terminate"]},
    ErrorDetails=TEXT,
    VendorReferenceId=TEXT,
    SecondVendorReferenceId=TEXT,
    ContractId=TEXT,
    PurchaseOrderNumber=TEXT,
    BillingStartDate=MOMENT,
    ContractEndDate=MOMENT,
    AdvancePeriodEndDate=MOMENT,
    PriceProtectionEndDate=MOMENT,
    ScheduledTerminationDate=MOMENT,
    HasRenewActionValuesConfigured=FLAG,
    RenewFields=list_of(FIELD),
    RemainingCreditLimit=NUMBER,
    DependencyAccountId=NUMBER,
    DependencyServiceName=TEXT,
    Fields=list_of(FIELD),
    PriceableItems=list_of(PRICEABLE_ITEM),
)
COMPANY = tells(
    "AccountId",
    "AccountState",
    AccountId=WHOLE,
    ParentAccountId=WHOLE,
    AccountState={"enum": ["Active", "Terminated"]},
    AccountType=TEXT,
    CompanyName=TEXT,
    VATID=TEXT,
    Domain=list_of(TEXT),
    BillingStartDate=MOMENT,
    ContractId=TEXT,
    PurchaseOrderNumber=TEXT,
    CustomerId=TEXT,
    ReferenceNumber=TEXT,
    Currency=TEXT,
    Address=TEXT,
    City=TEXT,
    Country=TEXT,
    Zip=TEXT,
    Email=TEXT,
    Marketplace=WHOLE,
    Marketplaces=list_of(WHOLE),
)
COMPANIES = {"anyOf": [list_of(COMPANY), COMPANY]}
PRODUCT = tells(
    "ProductName",
    ProductName=TEXT,
    DisplayName=TEXT,
    Description=TEXT,
    OwnerName=TEXT,
    Icon=TEXT,
    IsTCAccepted=FLAG,
    SimpleProductBillingInfo=list_of(
        tells(
            BillableTimeUnit=TEXT,
            AdvancePaymentPeriodInMonths=NUMBER,
            FieldName=TEXT,
            FieldDisplayName=TEXT,
            FieldValue=TEXT,
            FieldDisplayValue=TEXT,
            VendorSku=TEXT,
            MaterialNumber=TEXT,
        )
    ),
)
INPUT_FIELD = tells(
    "Name",
    Name=TEXT,
    DisplayName=TEXT,
    Type=TEXT,
    DisplayTemplate=TEXT,
    DisplayType=ANY,
    DefaultValue=tells(Value=ANY),
    EnumMembers=list_of(ENUM_MEMBER),
    Validator=TEXT,
    MinValue=ANY,
    MaxValue=ANY,
    Hint=TEXT,
    IsList=FLAG,
    IsUnique=FLAG,
    IsPartialValidation=FLAG,
    IsRemoteValidation=FLAG,
    CustomProperties=ANY,
)
CHANGE_FIELD = tells(
    "Name",
    Name=TEXT,
    DisplayName=TEXT,
    DisplayTemplate=TEXT,
    DisplayType=TEXT,
    Type=TEXT,
    Value=ANY,
    AllowedValues=list_of(ENUM_MEMBER),
    IsRemoteDatasource=FLAG,
    Hint=TEXT,
)
CHARGE = tells(
    "Costs",
    AccountId=WHOLE,
    ActualChargeInterval=TEXT,
    BillableParameter=TEXT,
    BillingStartDate=MOMENT,
    ContractId=TEXT,
    PurchaseOrderNumber=TEXT,
    Costs=NUMBER,
    CostsOfUnit=NUMBER,
    Currency=TEXT,
    VendorReference=TEXT,
    MaterialNumber=TEXT,
    PriceableItemDescription=TEXT,
    PriceableItemId=WHOLE,
    PriceableItemType=TEXT,
    ProductNumber=TEXT,
    ServiceId=TEXT,
    ServiceName=TEXT,
    UDRCValue=NUMBER,
    SAPInvoiceNumber=TEXT,
    SAPInvoiceLineNumber=NUMBER,
    EndCustomerName=TEXT,
)
INVOICES = list_of(
    tells(
        "Charges",
        BillingInterval={"type": "string", "pattern": r"^\d\d/\d{4}$"},
        CompanyAccountId=WHOLE,
        CompanyName=TEXT,
        CustomerId=TEXT,
        CompanyVatId=TEXT,
        DepartmentName=TEXT,
        InvoiceNumber=TEXT,
        ResellerContractId=TEXT,
        Charges=list_of(CHARGE),
    )
)
CHANGE_FIELDS = tells("Fields", Fields=list_of(CHANGE_FIELD))
NEW_COMPANY = takes(
    ParentAccountId=WHOLE,
    CompanyName=TEXT,
    Address=TEXT,
    City=TEXT,
    Zip=TEXT,
    Country=TEXT,
    Domain=list_of(TEXT),
    Email=TEXT,
    Marketplaces=list_of(WHOLE),
    VATID_=TEXT,
    CustomerId_=TEXT,
    ReferenceNumber_=TEXT,
    ContractId_=TEXT,
    PurchaseOrderNumber_=TEXT,
    ContactPhone_=TEXT,
)
NEW_SUBSCRIPTION = takes(
    ParentAccountId=WHOLE,
    ServiceName=TEXT,
    Fields=map_of(ANY),
    ContractId_=TEXT,
    PurchaseOrderNumber_=TEXT,
    QuoteId_=TEXT,
    ScheduledDate_=DAY,
    DependencyAccountId_=WHOLE,
)
CHANGED_SUBSCRIPTION = takes(
    AccountId=WHOLE,
    ServiceName=TEXT,
    Fields=list_of(takes(name=TEXT, value=TEXT, displayname_=TEXT)),
    ContractId_=TEXT,
    PurchaseOrderNumber_=TEXT,
    ParentAccountId_=WHOLE,
    ServiceDisplayName_=TEXT,
    AdvancePeriodEndAction_={"enum": ["Renew", "Terminate"]},
)
CHECKED_FIELDS = takes(
    ParentAccountId=WHOLE,
    ServiceName=TEXT,
    Fields=map_of(ANY),
    AccountId_=WHOLE,
    FieldsToValidate_=list_of(TEXT),
)
REMOTE_ENUM = takes(
    FieldName=TEXT,
    AccountViewName=TEXT,
    ParentAccountId=WHOLE,
    AccountId_=WHOLE,
    DependencyAccountId_=WHOLE,
    ContextValues_=map_of(ANY),
)

OPERATIONS = {
    # name: (request, answer)
    "GetSessionToken": (takes(username=TEXT, password=TEXT), TEXT),
    "TerminateSessionToken": (takes(), NOTHING),
    "PingPong": (takes(), NOTHING),
    "GetReseller": (takes(accountId_=WHOLE), COMPANIES),
    "GetCompany": (takes(accountId_=WHOLE), COMPANIES),
    "GetCompanies": (takes(parentAccountId=WHOLE), list_of(COMPANY)),
    "GetCompanyByVatId": (takes(vatId=TEXT), COMPANIES),
    "CreateCompany": (takes(companyAccount=NEW_COMPANY), COMPANY),
    "GetMarketplaces": (
        takes(),
        list_of(tells("Id", Id=WHOLE, Name=TEXT, ServiceCount=WHOLE)),
    ),
    "ListMarketplaceServices": (takes(marketplaceId=WHOLE), list_of(PRODUCT)),
    "GetPossibleServicesForParent": (takes(parentAccountId=WHOLE), list_of(PRODUCT)),
    "GetSpecialProductTermsForService": (
        takes(productName=TEXT),
        list_of(tells(TermsAndCondition=list_of(tells(Title=TEXT, Content=TEXT)))),
    ),
    "AcceptTermsForMarketplaceService": (
        takes(marketplaceId=WHOLE, productName=TEXT),
        NOTHING,
    ),
    "GetFieldsForService": (
        takes(parentAccountId=WHOLE, productName=TEXT, secondaryParentId_=WHOLE),
        tells(
            "Fields",
            ParentAccountId=WHOLE,
            ServiceName=TEXT,
            Fields=list_of(INPUT_FIELD),
        ),
    ),
    "GetRemoteEnums": (takes(remoteEnumRequest=REMOTE_ENUM), list_of(ENUM_MEMBER)),
    "ValidateFields": (
        takes(subscriptionAccount=CHECKED_FIELDS),
        tells("Result", Result=TEXT, ErrorDetails=TEXT, FieldName=TEXT),
    ),
    "CreateSubscription": (takes(subscriptionAccount=NEW_SUBSCRIPTION), SUBSCRIPTION),
    "UpdateSubscription": (takes(subscription=CHANGED_SUBSCRIPTION), NOTHING),
    "GetSubscription": (takes(accountId=WHOLE, resellerContext_=WHOLE), SUBSCRIPTION),
    "GetSubscriptions": (
        takes(parentAccountId=WHOLE, resellerContext_=WHOLE, excludeUserLevel_=FLAG),
        list_of(SUBSCRIPTION),
    ),
    "TerminateAccount": (takes(accountId=WHOLE, terminationReason_=TEXT), NOTHING),
    "RetryLastFailedProvisioning": (takes(accountId=WHOLE), NOTHING),
    "GetSubscriptionFieldsForRenew": (
        takes(accountId=WHOLE),
        CHANGE_FIELDS,
    ),
    "ConfigureSubscriptionRenew": (
        takes(accountId=WHOLE, fieldValues=map_of(ANY)),
        NOTHING,
    ),
    "GetPossibleServicesForUpgrade": (
        takes(accountId=WHOLE),
        tells(
            "UpgradeProducts",
            UpgradeProducts=list_of(
                tells(
                    "ProductName",
                    ProductName=TEXT,
                    DisplayName=TEXT,
                    ExistingTargetAccounts=list_of(WHOLE),
                )
            ),
        ),
    ),
    "GetSubscriptionFieldsForUpgrade": (
        takes(accountId=WHOLE, targetProductName=TEXT),
        CHANGE_FIELDS,
    ),
    "ExecuteSubscriptionUpgrade": (
        takes(
            sourceAccountId=WHOLE,
            targetProductName=TEXT,
            fieldValues=map_of(ANY),
            targetAccountId_=WHOLE,
        ),
        TEXT,
    ),
    "GetLatestInvoicesForPeriod": (
        takes(
            year=WHOLE, month=WHOLE, resellerContext_=WHOLE, groupByDepartments_=FLAG
        ),
        INVOICES,
    ),
    "GetPreviewInvoices": (
        takes(resellerContext_=WHOLE, groupByDepartments_=FLAG),
        INVOICES,
    ),
}


def find_request_mistakes(operation, body):
    """What a request says that the interface does not know, as sentences."""
    return _find_mistakes(OPERATIONS[operation][0], body)


def find_answer_mistakes(operation, answer):
    return _find_mistakes(OPERATIONS[operation][1], answer)


def _find_mistakes(schema, value):
    errors = Draft202012Validator(schema).iter_errors(value)
    return [
        f"{'.'.join(map(str, error.absolute_path)) or 'the whole'}: {error.message}"
        for error in errors
    ]
