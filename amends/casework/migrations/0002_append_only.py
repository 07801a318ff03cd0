"""The database itself refuses to change or remove what the ledger holds."""

from django.db import migrations

KEPT = ("entries", "seals", "sealed_heads")

POSTGRES_FUNCTION = """
create or replace function amends_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger only grows: % of % is refused', tg_op, tg_table_name;
end $$;
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
        for table in KEPT:
            schema_editor.execute(
                f"create trigger {table}_kept before update or delete on {table}"
                " for each row execute function amends_append_only()"
            )
            schema_editor.execute(
                f"create trigger {table}_kept_whole before truncate on {table}"
                " for each statement execute function amends_append_only()"
            )
        return
    for table in KEPT:
        for verb in ("update", "delete"):
            schema_editor.execute(
                f"create trigger {table}_no_{verb} before {verb} on {table}"
                f" begin select raise(abort, 'the ledger only grows: {verb} of {table} is refused'); end"
            )


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop, elidable=False)]
