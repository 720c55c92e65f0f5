"""Names, birth dates and order numbers of any layout are sealed, masked in texts, and found again."""

import json

import pytest
import sqlalchemy as sa

from dashboard.services.audits import erasure
from dashboard.services.people import LOCAL_USER
from engine.redaction import full_names
from tests.dashboard.signed import bring_in

LAYOUTS = {
    "crm": ("customer_id,Title,First Name,Middle Name,Last Name,Zip,age\nc5,Dr,Ann,Bea,Alpha,LS1 1AA,33\n", 33),
    "german": ("Kunde-ID;Vorname;Nachname;Geburtsdatum;PLZ\nc5;Ann;Alpha;03.04.1985;10115\n", None),
    "french": ("customer_id,Prénom,Nom,Code postal,N° de commande,age\nc5,Ann,Alpha,75011,C-77123,33\n", 33),
    "spanish": ("customer_id,Nombre,Apellidos,Teléfono,age\nc5,Ann,Alpha,+34 612 345 678,33\n", 33),
    "comma": ('customer_id,"Name (Last, First)",age\nc5,"Alpha, Ann",33\n', 33),
    "one": ("customer_id,Customer name,Order ID,age\nc5,Ann Alpha,900123,33\n", 33),
}
SECRET = ("Ann", "Alpha", "LS1", "10115", "75011", "03.04", "C-77123", "612", "900123")
TEXTS = (
    "review_id,customer_id,product_id,rating,text\n"
    '1,c1,P1,5,"Signed: Ann Alpha"\n2,c5,P1,4,"Ann here. We Alpha people like it"\n3,c1,P1,4,"A. Alpha told me"\n'
    '4,c1,P1,4,"Thanks to Alpha, Ann"\n5,c1,P1,2,"The alpha release is fine"\n'
    '6,c1,P1,5,"Order 0770090012345 arrived; born 03/04/1985"\n'
)


def kept(workspace, query):
    with workspace.database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_name_in_any_columns_is_sealed_masked_and_found(workspace, layout):
    text, age = LAYOUTS[layout]
    bring_in(workspace, "people.csv", text.replace("Kunde-ID", "customer_id"), "profiles")
    [(attributes, years, birth)] = kept(workspace, "SELECT attributes, age, birth_year FROM profile")
    plain = attributes if isinstance(attributes, str) else json.dumps(attributes)
    assert not any(part in plain for part in SECRET)
    assert (years, birth) == (age, None if age else 1985)
    bring_in(workspace, "reviews.csv", TEXTS, "reviews")
    assert [row[0] for row in kept(workspace, "SELECT text FROM review ORDER BY id")] == [
        "Signed: [name]",
        "[name] here. We [name] people like it",
        "[name] told me",
        "Thanks to [name]",
        "The alpha release is fine",
        "Order 0770090012345 arrived; born [birth date]",
    ]
    for who in ("Ann Alpha", "alpha, ann", " ANN  alpha "):
        [found] = erasure.find(workspace, LOCAL_USER, who)
        assert (found.profiles, found.identities, found.reviews) == (1, 1, 1)


def test_a_user_name_is_sealed_and_masked_in_small_letters_and_without_its_sign(workspace):
    people = "customer_id,user_login,Instagram,age\nc5,annalpha,@cobblefan,33\nc6,bentheta,,40\n"
    bring_in(workspace, "people.csv", people, "profiles")
    assert {str(row[0]) for row in kept(workspace, "SELECT attributes FROM profile")} == {"{}"}
    texts = "review_id,customer_id,text,rating\n1,c1,dm annalpha or cobblefan,5\n2,c1,bentheta liked it,4\n"
    bring_in(workspace, "reviews.csv", texts, "reviews")
    assert [row[0] for row in kept(workspace, "SELECT text FROM review ORDER BY id")] == [
        "dm [handle] or [handle]",
        "[handle] liked it",
    ]
    assert len(erasure.find(workspace, LOCAL_USER, "annalpha")) == 1


def test_two_columns_mapped_to_name_by_hand_are_one_name():
    assert full_names({"name": "Ann\nAlpha"}) == ["Ann", "Alpha", "Ann Alpha"]


def test_a_later_file_adds_to_what_is_sealed_and_takes_nothing(workspace):
    bring_in(workspace, "people.csv", "customer_id,First Name,Last Name,email\nc5,Ann,Alpha,a@x.example\n", "profiles")
    bring_in(workspace, "reviews.csv", "customer_id,Reviewer phone,text,rating\nc5,+44 7700 900123,Good,5\n", "reviews")
    for who in ("Ann Alpha", "A@X.example", "07700 900123"):
        assert len(erasure.find(workspace, LOCAL_USER, who)) == 1
    [(sealed, owner)] = kept(workspace, "SELECT sealed, customer FROM identity")
    assert set(workspace.vault.unseal(bytes(sealed), owner)) == {"first_name", "last_name", "email", "phone"}


def test_a_remark_in_a_column_of_its_own_is_masked_and_amounts_are_left(workspace):
    text = (
        "customer_id,age,Note,Spent,Seen\nc5,33,call ann@x.example or +44 7700 900123,4477009001,2024-01-02 10:00:00\n"
    )
    bring_in(workspace, "people.csv", text, "profiles")
    [(attributes,)] = kept(workspace, "SELECT attributes FROM profile")
    found = json.loads(attributes) if isinstance(attributes, str) else attributes
    assert found == {"Note": "call [email] or [phone]", "Spent": "4477009001", "Seen": "2024-01-02 10:00:00"}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"name": "Ann", "last_name": "Alpha"}, ["Ann", "Ann Alpha"]),
        ({"name": "Alpha", "first_name": "Ann"}, ["Alpha", "Ann Alpha"]),
        ({"name": "Ann", "first_name": "Bo", "last_name": "Cee"}, ["Ann", "Bo Cee"]),
        ({"first_name": "Ann", "middle_name": "B.", "last_name": "Alpha"}, ["Ann B. Alpha", "Ann Alpha"]),
        ({"name": "Alpha, Ann"}, ["Ann Alpha"]),
        ({"email": "a@x.example"}, []),
    ],
)
def test_parts_of_a_name_are_written_out(values, names):
    assert full_names(values) == names
