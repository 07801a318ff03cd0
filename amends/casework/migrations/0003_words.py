"""The index of words: FTS5 without a second copy of the text, or tsvector with GIN."""

from django.db import migrations


def _drop_twins(schema_editor):
    """Django gives every text key a second index for LIKE, which nobody here asks; they cost a sixth of all writing."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where schemaname = current_schema() and indexname like '%%\\_like'")
        twins = [name for (name,) in cursor.fetchall()]
    for name in twins:
        schema_editor.execute(f'drop index "{name}"')


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("alter table search_texts add column words tsvector")
        schema_editor.execute("create index search_texts_words on search_texts using gin (words)")
        _drop_twins(schema_editor)
        return
    schema_editor.execute(
        "create virtual table search_words using fts5(words, content='', contentless_delete=1,"
        " tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    schema_editor.execute("insert into search_words (search_words, rank) values ('secure-delete', 1)")


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_append_only")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop, elidable=False)]
