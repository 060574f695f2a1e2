"""What Alembic runs: on a connection, in a transaction, that `bot.storage.migrate` opened and will end."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
