"""How alembic runs here: on the connection, and inside the transaction, that the store hands over."""

from alembic import context

from mailbot.store.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    transactional_ddl=True,  # SQLite can; the store opens the transaction itself
)
context.run_migrations()
