# RPostgreSQL, with DBI as RPostgres has it.
suppressPackageStartupMessages(library(RPostgreSQL))
Sys.setlocale("LC_ALL", "C.UTF-8") -> done
connection <- dbConnect(PostgreSQL(), host = Sys.getenv("PGHOST"), port = Sys.getenv("PGPORT"), dbname = Sys.getenv("PGDATABASE"),
                        user = Sys.getenv("PGUSER"), password = Sys.getenv("PGPASSWORD"))
# This driver shows digits enough only when the server does.
text <- function(values) {
    if (is.logical(values)) shown <- ifelse(values, "t", "f")
    else if (inherits(values, "Date")) shown <- format(values, "%Y-%m-%d")
    else if (is.double(values)) shown <- vapply(values, function(v) paste(format(writeBin(v, raw(), endian = "big")), collapse = ""), "")
    else shown <- as.character(values)
    shown[is.na(values)] <- "NULL"
    shown
}
for (line in readLines("test/clients/queries.txt", encoding = "UTF-8")) {
    part <- regmatches(line, regexec("^([^|]*)\\|([^|]*)\\|(.*)$", line))[[1]]
    rows <- dbGetQuery(connection, sub("?", "$1", part[4], fixed = TRUE), part[3])
    for (title in names(rows)) {
        if (title %in% c("emissions", "net", "target")) stopifnot(is.double(rows[[title]]))
        # Ints are ints.
        shown <- text(rows[[title]])
        for (place in seq_along(shown)) cat(part[2], " ", place - 1, " ", title, " = ", shown[place], "\n", sep = "")
    }
}
done <- dbDisconnect(connection)
