"""The fields of every kind of table, with the names that files give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.intake.personal import ROLES

FieldType = Literal["text", "id", "number", "integer", "date", "flag", "list", "consent", "opt_out"]
Kind = Literal["profiles", "reviews", "products", "posts", "metrics", "consents", "interactions"]


@dataclass(frozen=True)
class Field:
    """One field of a kind. ``names`` are what files call it, in lower case without punctuation.

    ``low`` and ``high`` bound a number; ``longest`` bounds a text, in characters.
    """

    name: str
    type: FieldType = "text"
    names: tuple[str, ...] = ()
    required: bool = False
    identity: bool = False
    low: float | None = None
    high: float | None = None
    longest: int | None = None

    @property
    def many(self) -> bool:
        """Whether several columns may hold it: parts of who somebody is, and everything that may be a no."""
        return self.identity or self.type in ("consent", "opt_out")

    @property
    def label(self) -> str:
        """The field's name as people read it."""
        return self.name.replace("_", " ").capitalize()


_CUSTOMER = Field(
    "customer_id",
    "id",
    ("customerid", "customer", "userid", "user", "reviewerid", "clientid", "memberid", "authorid"),
)
_PRODUCT = Field(
    "product_id",
    "id",
    ("productid", "product", "asin", "sku", "itemid", "item", "clothingid", "articleid", "parentasin"),
)
# What says who somebody is; :mod:`analytics.intake.personal` knows their names. All of it is sealed.
_IDENTITY = tuple(Field(role, identity=True) for role in ROLES)
IDENTITY_FIELDS = ROLES
_CONSENTS = tuple(
    Field(f"consent_{purpose}", "consent", (f"consent{purpose}", f"{purpose}consent", *more))
    for purpose, more in (
        ("profiling", ("optinprofiling",)),
        (
            "personalisation",
            (
                "consentpersonalization",
                "personalizationconsent",
                "optinmarketing",
                "marketingconsent",
                "emailmarketingconsent",
                "acceptsemailmarketing",
                "acceptsmarketing",
                "marketingoptin",
                "emailoptin",
                "emailconsent",
                "newsletteroptin",
                "emailmarketingstatus",
            ),
        ),
        ("analytics", ("optinanalytics",)),
        ("survey", ("optinsurvey",)),
        ("recommendation", ("optinrecommendation", "consentrecommendations", "recommendationsconsent")),
    )
)
_COUNTS = tuple(
    Field(name, "number", names, low=0)
    for name, names in (
        ("impressions", ("impressions", "timpression", "totalimpressions", "impression", "views", "view", "impr")),
        ("reach", ("reach", "treach", "totalreach")),
        ("clicks", ("clicks", "linkclicks", "click")),
        ("likes", ("likes", "like", "favorites", "favorite", "favourites", "reactions")),
        ("comments", ("comments", "comment", "replies", "reply")),
        ("shares", ("shares", "share", "retweets", "retweet", "reposts", "repost")),
        ("saves", ("saves", "saved", "bookmarks")),
        ("follows", ("follows", "newfollowers", "followersgained")),
        ("engagements", ("engagements", "tinteractions", "interactions", "totalinteractions", "engagement")),
        ("video_views", ("videoviews", "plays")),
        ("spend", ("spend", "spent", "amountspent", "cost", "adspend")),
        ("conversions", ("conversions", "totalconversion", "totalconversions")),
        ("revenue", ("revenue", "conversionvalue")),
    )
)

FIELDS: dict[Kind, tuple[Field, ...]] = {
    "profiles": (
        Field(
            "customer_id",
            "id",
            ("customerid", "customer", "userid", "clientid", "memberid", "id"),
            required=True,
        ),
        *_IDENTITY,
        Field("birth_year", "integer", ("birthyear", "yearbirth", "yearofbirth", "yob"), low=1800, high=2100),
        Field("age", "integer", ("age", "ageyears"), low=0, high=130),
        Field("gender", "text", ("gender", "sex")),
        Field("education", "text", ("education", "educationlevel")),
        Field("marital_status", "text", ("maritalstatus", "marital")),
        Field("income", "number", ("income", "annualincome", "householdincome", "yearlyincome")),
        Field("country", "text", ("country", "countrycode")),
        Field("region", "text", ("region", "state", "province", "county")),
        Field(
            "joined_on",
            "date",
            (
                *("joinedon", "joined", "dtcustomer", "signupdate", "registeredon", "customersince"),
                *("datejoined", "signedup", "registrationdate", "membersince"),
            ),
        ),
        *_CONSENTS,
        Field("opt_out", "opt_out", ("optout", "donotcontact", "unsubscribed")),
    ),
    "reviews": (
        Field("review_id", "id", ("reviewid",)),
        _CUSTOMER,
        *_IDENTITY,
        _PRODUCT,
        Field(
            "rating",
            "number",
            ("rating", "overall", "stars", "score", "reviewrating", "starrating", "star"),
            low=0,
            high=10,
        ),
        Field("title", "text", ("title", "summary", "reviewtitle", "headline", "subject")),
        Field("text", "text", ("text", "reviewtext", "review", "body", "content", "reviewbody", "comment", "comments")),
        Field(
            "reviewed_at",
            "date",
            (
                "reviewedat",
                "reviewtime",
                "date",
                "reviewdate",
                "unixreviewtime",
                "timestamp",
                "createdat",
                "created",
                "time",
                "datecreated",
                "createdon",
                *("submissiontime", "submissiondate", "submittedat", "submittedon", "datesubmitted"),
            ),
        ),
        Field("age", "integer", ("age", "reviewerage"), low=0, high=130),
        Field("helpful_votes", "integer", ("helpfulvotes", "positivefeedbackcount", "helpfulvote"), low=0),
        Field("category", "text", ("category", "classname", "productcategory", "departmentname")),
    ),
    "products": (
        Field(
            "product_id",
            "id",
            ("productid", "product", "asin", "sku", "itemid", "id", "clothingid"),
            required=True,
        ),
        Field("name", "text", ("name", "productname", "title", "producttitle"), required=True, longest=300),
        Field("category", "text", ("category", "productcategory", "type"), longest=300),
        Field("description", "text", ("description", "productdescription", "body")),
        Field("url", "text", ("url", "link", "producturl", "productlink")),
        Field("image", "text", ("image", "imageurl", "imagelink", "picture")),
        Field("price", "number", ("price", "currentprice", "saleprice"), low=0),
        Field("currency", "text", ("currency", "currencycode")),
        Field(
            "was_price",
            "number",
            ("wasprice", "oldprice", "compareatprice", "listprice", "regularprice"),
            low=0,
        ),
        Field("was_price_from", "date", ("waspricefrom",)),
        Field("was_price_until", "date", ("waspriceuntil",)),
        Field("materials", "list", ("materials", "material", "composition", "fabric")),
        Field("stock", "number", ("stock", "inventory", "quantity", "instock"), low=0),
        Field("features", "list", ("features", "feature", "bulletpoints", "highlights")),
        Field("allowed_claims", "list", ("allowedclaims", "claims")),
    ),
    "posts": (
        Field("post_id", "id", ("postid", "adid", "id", "tweetid", "mediaid", "statusid")),
        Field("channel", "text", ("channel", "platform", "network")),
        Field(
            "posted_at",
            "date",
            (
                *("postedat", "date", "publishedat", "posteddate", "publishtime", "createdat", "timestamp", "posttime"),
                *("dateposted", "published", "created", "createddate", "createdtime", "day", "week", "time"),
                *("byday", "gregoriandate", "videopublishtime", "sentat", "senddate", "dategmt"),
            ),
        ),
        Field(
            "text",
            "text",
            (
                "text",
                "caption",
                "message",
                "post",
                "body",
                "copy",
                "lede",
                "posttext",
                "content",
                "tweet",
                "description",
            ),
        ),
        Field("title", "text", ("title", "headline")),
        Field("hashtags", "text", ("hashtags", "tags")),
        Field("format", "text", ("format", "type", "posttype", "mediatype")),
        Field("link", "text", ("link", "url", "permalink", "posturl", "postlink")),
        Field("campaign", "text", ("campaign", "campaignname", "xyzcampaignid", "campaignid")),
        Field("paid", "flag", ("paid", "ispaid", "promoted")),
        *_COUNTS,
        Field("age_group", "text", ("agegroup", "age", "ageband", "agerange")),
        Field("gender", "text", ("gender", "sex")),
    ),
    "metrics": (
        Field(
            "date",
            "date",
            (
                *("date", "day", "week", "month", "weekstarting", "period", "time", "year"),
                *("datum", "tag", "woche", "monat", "fecha", "jour", "giorno"),
            ),
            required=True,
        ),
        Field("metric", "text", ("metric", "measure", "kpi")),
        Field("value", "number", ("value", "amount")),
        Field("denominator", "number", ("denominator", "base", "outof"), low=0),
        Field("segment_kind", "text", ("segmentkind", "dimension", "segmenttype")),
        Field("segment", "text", ("segment", "group", "segmentname")),
    ),
    "consents": (
        Field(
            "customer_id",
            "id",
            ("customerid", "customer", "userid", "subject", "id", "clientid"),
            required=True,
        ),
        Field("purpose", "text", ("purpose", "consentpurpose"), required=True),
        Field("action", "text", ("action", "status", "event", "consent", "decision"), required=True),
        Field("at", "date", ("at", "date", "timestamp", "when", "recordedat", "givenat")),
        Field(
            "expires_at",
            "date",
            (
                *("expiresat", "expires", "validuntil", "expiry", "expirydate", "expirationdate", "expiration"),
                *("expireson", "validto", "enddate", "endsat", "ends", "gultigbis", "gueltigbis", "ablaufdatum"),
            ),
        ),
        Field("source", "text", ("source", "origin", "collectedvia")),
        Field("basis", "text", ("basis", "legalbasis", "lawfulbasis")),
    ),
    "interactions": (
        Field("customer_id", "id", ("customerid", "customer", "userid", "user"), required=True),
        *_IDENTITY,
        _PRODUCT,
        Field("kind", "text", ("kind", "event", "eventtype", "action", "interaction"), required=True),
        Field("at", "date", ("at", "date", "timestamp", "time", "eventtime", "orderdate")),
        Field("value", "number", ("value", "amount", "price", "quantity")),
    ),
}
KINDS: tuple[Kind, ...] = tuple(FIELDS)


def field_of(kind: Kind, name: str) -> Field:
    """Return a field of a kind by its name."""
    return next(field for field in FIELDS[kind] if field.name == name)
