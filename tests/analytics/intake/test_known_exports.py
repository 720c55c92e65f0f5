"""Which field a column holds: known exports, names, values; nothing wrong is ever mapped."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.intake import FIELDS, SURE_KIND, IntakeError, Mapping, detect_kind, recognise, suggest_mapping
from analytics.intake.exports import plain, registry

# Column names as the tools write them (the values are made up), with every field that must come out.
EXPORTS = {
    "klaviyo.profiles": (
        "Email,Klaviyo ID,First Name,City,Country,Email Marketing Consent,Predicted Customer Lifetime Value",
        {
            "Email": "email",
            "First Name": "first_name",
            "Klaviyo ID": "customer_id",
            "Country": "country",
            "Email Marketing Consent": "consent_personalisation",
        },
    ),
    "x.posts": (
        "Post id,Date,Post text,Post Link,Impressions,Likes,Bookmarks,Shares,Replies,Reposts,URL Clicks,Permalink Clicks",
        {
            "Post id": "post_id",
            "Date": "posted_at",
            "Post text": "text",
            "Post Link": "link",
            "Impressions": "impressions",
            "Likes": "likes",
            "Bookmarks": "saves",
            "Replies": "comments",
            "Reposts": "shares",
            "URL Clicks": "clicks",
        },
    ),
    "meta.instagram_content": (
        "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves",
        {
            "Post ID": "post_id",
            "Description": "text",
            "Publish time": "posted_at",
            "Permalink": "link",
            "Post type": "format",
            "Views": "impressions",
            "Reach": "reach",
            "Likes": "likes",
            "Shares": "shares",
            "Follows": "follows",
            "Comments": "comments",
            "Saves": "saves",
        },
    ),
    "shopify.customers": (
        "Customer ID,First Name,Last Name,Email,Default Address Address1,Default Address Province Code,Default Address Country Code,Phone,Total Spent,Total Orders,Note",
        {
            "Customer ID": "customer_id",
            "First Name": "first_name",
            "Last Name": "last_name",
            "Email": "email",
            "Default Address Address1": "address",
            "Default Address Province Code": "region",
            "Default Address Country Code": "country",
            "Phone": "phone",
        },
    ),
    "google.play_reviews": (
        "Package Name,App Version Code,Reviewer Language,Device,Review Submit Date and Time,Review Submit Millis Since Epoch,Star Rating,Review Title,Review Text,Developer Reply Text,Review Link",
        {
            "Package Name": "product_id",
            "Review Submit Date and Time": "reviewed_at",
            "Star Rating": "rating",
            "Review Title": "title",
            "Review Text": "text",
        },
    ),
    "youtube.videos": (
        "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions,Impressions click-through rate (%)",
        {
            "Content": "post_id",
            "Video title": "text",
            "Video publish time": "posted_at",
            "Views": "video_views",
            "Impressions": "impressions",
        },
    ),
    "linkedin.ads": (
        "Start Date (in UTC),Account Name,Currency,Campaign Group Name,Campaign ID,Campaign Name,Ad ID,Impressions,Clicks,Total Spent,Average CTR,Reactions",
        {
            "Start Date (in UTC)": "posted_at",
            "Ad ID": "post_id",
            "Campaign Name": "campaign",
            "Total Spent": "spend",
            "Impressions": "impressions",
            "Clicks": "clicks",
            "Reactions": "likes",
        },
    ),
    "meta.ads": (
        "Reporting starts,Reporting ends,Campaign name,Impressions,Reach,Amount spent (EUR),Link clicks,Clicks (all),Cost per result",
        {
            "Reporting starts": "posted_at",
            "Campaign name": "campaign",
            "Impressions": "impressions",
            "Reach": "reach",
            "Amount spent (EUR)": "spend",
            "Link clicks": "clicks",
        },
    ),
}
SURVEYS = {
    "surveymonkey": "Respondent ID,Collector ID,Start Date,End Date,IP Address,How likely are you to recommend us?",
    "qualtrics": "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,Q1",
    "google.forms": "Timestamp,How old are you?,What do you like? [Price],What do you like? [Look]",
    "microsoft.forms": "ID,Start time,Completion time,Email,Name,How satisfied are you?",
    "typeform": "#,What is your age?,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags",
    "limesurvey": "id,submitdate,lastpage,startlanguage,seed,q1",
}
# Headers that the names and the registry were not made with: kind, columns, a row or more, all right fields.
UNSEEN = [
    (
        "posts",
        "status_id,status_type,status_published,num_reactions,num_comments,num_shares,num_likes,num_loves",
        ["24_1,video,4/22/2018 6:00,529,512,262,432,92", "24_2,photo,4/21/2018 22:45,150,0,0,150,0"],
        "status_id=post_id status_type=format status_published=posted_at num_comments=comments num_shares=shares num_likes=likes",
    ),
    (
        "posts",
        "id,text,created_at,favorite_count,retweet_count,lang,source",
        ["17101,Coats are back,2024-05-29T10:00:00Z,12,3,en,web", "17102,Which?,2024-05-30T10:00:00Z,8,1,en,web"],
        "id=post_id text=text created_at=posted_at favorite_count=likes retweet_count=shares",
    ),
    (
        "reviews",
        "review_id,author_title,author_id,review_text,review_rating,review_datetime_utc,owner_answer",
        ["r1,Ann,u1,Great,5,05/01/2024 10:00:00,", "r2,Ben,u2,Bad,1,05/02/2024 10:00:00,sorry"],
        "review_id=review_id author_id=customer_id review_text=text review_rating=rating",
    ),
    (
        "reviews",
        "Id,ProductId,UserId,ProfileName,HelpfulnessNumerator,HelpfulnessDenominator,Score,Time,Summary,Text",
        ["1,B001,A3SG,d,1,1,5,1303862400,Good,I bought several", "2,B008,A1D8,e,0,0,1,1346976000,Bad,Broken"],
        "ProductId=product_id UserId=customer_id Score=rating Time=reviewed_at Summary=title Text=text",
    ),
    (
        "profiles",
        "CustomerID,Genre,Age,Annual Income (k$),Spending Score (1-100)",
        ["1,Male,19,15,39", "2,Male,21,15,81"],
        "CustomerID=customer_id Age=age",
    ),
    (
        "profiles",
        "RowNumber,CustomerId,Surname,CreditScore,Geography,Gender,Age,Tenure,Balance,EstimatedSalary",
        ["1,15634602,Hargrave,619,France,Female,42,2,0,101348.88", "2,15647311,Hill,608,Spain,Female,41,1,838,112542"],
        "CustomerId=customer_id Surname=last_name Gender=gender Age=age",
    ),
    (
        "products",
        "id,title,description,link,image_link,availability,price,brand,google_product_category",
        ["A1,Coat,Warm,https://a/b,https://a/b.jpg,in stock,89.00 EUR,X,12"],
        "id=product_id title=name description=description link=url image_link=image price=price",
    ),
    ("metrics", "Day,Impressions,Clicks,Spend", ["2024-05-01,12,3,5.5", "2024-05-02,15,1,5.1"], "Day=date"),
    (
        "interactions",
        "event_time,event_type,product_id,category_id,brand,price,user_id,user_session",
        ["2019-10-01 00:00:00 UTC,view,446,210,shi,35.79,541,72d7", "2019-10-01 00:00:01 UTC,cart,39,205,aqua,33,5,9"],
        "event_time=at event_type=kind product_id=product_id user_id=customer_id price=value",
    ),
    (
        "metrics",
        "Date,Clicks,Impressions,CTR,Position",
        ["2026-03-01,10,1000,1%,8.2", "2026-03-02,12,1100,1.1%,8.1", "2026-03-03,9,990,0.9%,8.3"],
        "Date=date",
    ),
    (
        "reviews",
        "Review ID,Product ID,Submission Time,Moderation Status,Rating,Title,Review Text,Author ID,User Nickname",
        ["r1,p1,2026-03-01,APPROVED,5,Warm,Very warm coat,a1,annie", "r2,p1,2026-03-02,APPROVED,2,Thin,Thin,a2,ben"],
        "Review_ID=review_id Product_ID=product_id Submission_Time=reviewed_at Rating=rating Title=title "
        "Review_Text=text Author_ID=customer_id User_Nickname=name",
    ),
    (
        "profiles",
        "ID,user_login,user_nicename,user_email,SMS,Mailing Street,paying_customer",
        ["1,annalpha,ann-alpha,ann@x.example,4915111,Weg 1,1", "2,benbeta,ben-beta,ben@x.example,4915112,Rue 2,1"],
        "ID=customer_id user_login=personal_detail user_nicename=personal_detail user_email=email SMS=phone Mailing_Street=address",
    ),
    (
        "products",
        "handle,title,body_html,vendor,product_type,price,sku",
        ["wool-coat,Wool coat,Warm,X,Coats,89.00,S1", "hat,Hat,Nice,X,Hats,20.00,S2"],
        "title=name product_type=category price=price sku=product_id",
    ),
]


def table(names, rows=()):
    columns = names.split(",")
    return columns, pd.DataFrame([r.split(",") for r in rows], columns=columns, dtype=object).replace("", None)


def mapped(mapping):
    return {e.column: e.field for e in mapping.entries if e.field}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_known_export_is_recognised_and_mapped_as_the_registry_says(name):
    names, fields = EXPORTS[name]
    columns, sample = table(names)
    found = recognise(columns)
    assert found is not None
    assert found.id == name
    kind = detect_kind(columns, sample)[0]
    assert (kind.kind, kind.confidence > 0.9) == (found.kind, True)
    assert mapped(suggest_mapping(found.kind, columns, sample)) == fields


@pytest.mark.parametrize("name", SURVEYS)
def test_a_survey_is_told_and_sent_to_the_surveys_page(name):
    found = recognise(SURVEYS[name].split(","))
    assert found is not None
    assert (found.id, found.kind) == (name, "survey")
    assert "Surveys page" in " ".join(found.notes)


def test_every_entry_of_the_registry_is_whole():
    for export in registry():
        assert export.source.startswith("https://")
        assert export.needs
        assert recognise([*sorted(export.needs)]) is not None
        assert export.kind == "survey" or {f for f in export.columns.values() if f} <= {
            f.name for f in FIELDS[export.kind]
        }
    assert len({e.id for e in registry()}) == len(registry())
    assert plain("Amount spent (USD)") == plain("Amount Spent (EUR)") != plain("Start Date (UTC)")


@pytest.mark.parametrize(
    ("kind", "names", "rows", "right"), UNSEEN, ids=[f"{k}-{i}" for i, (k, *_) in enumerate(UNSEEN)]
)
def test_unseen_headers_are_read_rightly_or_asked(kind, names, rows, right):
    columns, sample = table(names, rows)
    guess = detect_kind(columns, sample)[0]
    assert (guess.kind, guess.confidence >= SURE_KIND) == (kind, True)
    found = mapped(suggest_mapping(kind, columns, sample))
    assert {c.replace(" ", "_"): f for c, f in found.items()} == dict(pair.split("=") for pair in right.split())


@pytest.mark.parametrize(
    "names",
    [
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "Employee ID,Department,Salary,Performance Score",
        "Campaign ID,Ad Group,Keyword,Max CPC,Quality Score",
        "a,b,c",
    ],
)
def test_a_table_of_something_else_is_asked(names):
    columns, sample = table(names, [",".join(["7"] * len(names.split(",")))] * 6)
    assert detect_kind(columns, sample)[0].confidence < SURE_KIND


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        # Lines of orders name products and customers, and are neither.
        (
            "Sale Date,Item Name,Buyer,Quantity,Price,Ship Name,Ship Zipcode,Order ID,SKU",
            ["03/01/26,Wool coat,ann,1,20.00,Ann Alpha,34117,3001,S1", "03/21/26,Hat,ben,1,9,Ben Beta,69001,3002,S2"],
        ),
        (
            "order_id,order_date,status,customer_id,billing_first_name,billing_email,order_total",
            ["3001,2026-03-01,completed,1,Ann,ann@x.example,89", "3002,2026-03-02,refunded,1,Ann,ann@x.example,20"],
        ),
        (
            "id,Created (UTC),Amount,Currency,Customer ID,Customer Email,Card Name,Invoice ID",
            [
                "ch_1,2026-03-01,89,eur,cus_1,ann@x.example,A Alpha,",
                "ch_2,2026-03-02,9,eur,cus_1,ann@x.example,A Alpha,",
            ],
        ),
        # Numbers by query, page or account name no post.
        ("Top queries,Clicks,Impressions,CTR,Position", ["wool coat,10,1000,1%,8.2", "hat,12,1100,1.1%,8.1"]),
        (
            "Date,Network,Profile,Followers Gained,Impressions,Reach,Engagements",
            ["2026-03-01,Instagram,@shop,12,800,600,30", "2026-03-02,Instagram,@shop,6,400,300,10"],
        ),
    ],
)
def test_lines_of_orders_and_sums_of_accounts_are_asked(names, rows):
    columns, sample = table(names, rows)
    assert detect_kind(columns, sample)[0].confidence < SURE_KIND


@pytest.mark.parametrize(
    ("kind", "column", "cells", "field"),
    [
        ("profiles", "Customer", ["0", "0", "0", "0", "42.5", "0"], None),
        ("profiles", "Customer lifetime value", ["1", "2", "3"], None),
        ("profiles", "Client", ["Ann", "Ann", "Ben", "Ben", "Cem", "Cem"], None),
        ("profiles", "E-mail", ["yes", "no", "yes"], None),
        ("profiles", "E-mail", ["a@example.com", "b@example.com", None], "email"),
        ("reviews", "Reviews", ["12", "3", "44"], None),
        ("reviews", "Product name", ["Coat", "Hat", "Cap"], None),
        ("posts", "Permalink Clicks", ["0", "0", "1"], None),
        ("posts", "Page likes", ["1", "2", "3"], None),
        ("posts", "Likes", ["0.0123", "0.0456", "0.0789"], "likes"),
        ("posts", "Reactions", ["0.0123", "0.0456", "0.0789"], None),
        ("posts", "Time", ["9", "17", "20"], None),
        ("posts", "Post Likes", ["1", "2", "3"], "likes"),
        ("posts", "Content", ["dQw4w9WgXcQ", "aBcDe12345_", "x9YzQ-77Lk2"], None),
        ("posts", "Content", ["https://x.example/a", "https://x.example/b"], None),
        ("posts", "Content", ["Coats", "Two hats", "SALE2026"], "text"),
        ("reviews", "Subject", ["Late", "Broken", "My parcel is late"], "title"),
        ("reviews", "User", ["came back twice for this", "a very good coat indeed"], None),
        ("reviews", "Reviewer", ["Ann A.", "Ben"], "name"),
        ("reviews", "Requester", ["a@example.com", "b@example.com"], "email"),
        ("profiles", "SMS", ["subscribed", "not subscribed"], None),
    ],
)
def test_values_are_heard_before_names(kind, column, cells, field):
    sample = pd.DataFrame({column: cells, "x": ["q"] * len(cells)}, dtype=object)
    assert mapped(suggest_mapping(kind, [column, "x"], sample)).get(column) == field


@pytest.mark.parametrize(
    ("names", "rows", "own"),
    [
        (
            "clickability_test_id,headline,impressions,clicks",
            ["t1,Coats,10,1", "t1,Two coats,12,3", "t2,Hats,9,1"],
            None,
        ),
        ("Test ID,Variant,Headline,Impressions,Clicks", ["1,A,Coats,10,1", "1,B,Two coats,12,3"], None),
        ("id,variant,text,impressions,clicks", ["x,A,Coats,10,1", "x,B,Two coats,12,3", "y,A,Hats,9,1"], None),
        ("experiment_id,post_id,text,impressions,clicks", ["e,p1,Coats,10,1", "e,p2,Two coats,12,3"], "post_id"),
        # One advertisement by age or day is one advertisement.
        (
            "Ad ID,Age,Title,Impressions,Clicks",
            ["a,18-24,Coats,10,1", "a,25-34,Coats,12,3", "b,18-24,Hats,9,1"],
            "Ad ID",
        ),
    ],
)
def test_the_id_of_a_test_is_not_taken_for_a_posts(names, rows, own):
    columns, sample = table(names, rows)
    found = {field: column for column, field in mapped(suggest_mapping("posts", columns, sample)).items()}
    assert found.get("post_id") == own
    assert found["impressions"].lower() == "impressions"


def test_two_columns_that_claim_one_field_alike_are_asked():
    columns, sample = table("Total likes,Post likes,Comments", ["1,2,3", "4,5,6"])
    mapping = suggest_mapping("posts", columns, sample)
    assert mapped(mapping) == {"Comments": "comments"}
    assert [e.maybe for e in mapping.entries] == ["likes", "likes", None]


def test_what_may_hold_a_needed_field_is_named():
    columns, sample = table("Client,Age", [f"{c},3" for c in "aabbcc"])
    mapping = suggest_mapping("profiles", columns, sample)
    assert Mapping.from_plain(mapping.to_plain()) == mapping
    assert Mapping.from_plain({"entries": [["a", "age", 0.9, False]]}).entries[0].maybe is None
    mapping = suggest_mapping("profiles", ["Mailing customer", "Age"], pd.DataFrame())
    with pytest.raises(IntakeError, match="It may be “Mailing customer”"):
        mapping.check("profiles")
