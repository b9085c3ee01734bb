"""Texts without a database, the service with one."""

from django.test import SimpleTestCase, TestCase

from notes.texts import title, words


class TextTest(SimpleTestCase):
    def test_words_are_counted(self) -> None:
        self.assertEqual(words("milk and eggs"), 3)

    def test_a_long_title_is_cut(self) -> None:
        self.assertEqual(title("a" * 40 + "\nmore"), "a" * 29 + "…")

    def test_title_of_an_empty_note(self) -> None:
        self.assertEqual(title(""), "Untitled")


class ServiceTest(TestCase):
    def test_a_note_is_made_and_listed(self) -> None:
        made = self.client.post("/notes", {"text": "milk and eggs"}, content_type="application/json")
        self.assertEqual(made.status_code, 201)
        listed = self.client.get("/notes").json()["notes"]
        self.assertEqual([note["title"] for note in listed], ["milk and eggs"])
