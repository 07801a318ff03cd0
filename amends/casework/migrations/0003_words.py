"""The index of words: FTS5 without a second copy of the text, or tsvector with GIN."""

from django.db import migrations


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("alter table search_texts add column words tsvector")
        schema_editor.execute("create index search_texts_words on search_texts using gin (words)")
        return
    schema_editor.execute(
        "create virtual table search_words using fts5(words, content='', contentless_delete=1,"
        " tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    schema_editor.execute("insert into search_words (search_words, rank) values ('secure-delete', 1)")


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_append_only")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop, elidable=False)]
