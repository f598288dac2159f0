"""Why a model answers as it does, in the columns of the table."""
