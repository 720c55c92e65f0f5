"""What we keep: tables, migrations, repositories, the ledger."""
