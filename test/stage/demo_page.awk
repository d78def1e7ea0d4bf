# The tables and pictures of the demo as one static page, from the files in the folder
# "output".
#
#   awk -v lang=en|fr -v output=DIR [-v real=1] -f test/stage/demo_page.awk
#
# Sentences are written in English; docs/fr/demo.tsv has the French of each.  One that has
# none is an error, names of places apart, which stand in the first column of a table.

function escape(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	return s
}

function trim(s) {
	sub(/^ +/, "", s)
	sub(/ +$/, "", s)
	return s
}

# A sentence in the language of the page.
function say(s) {
	if (lang == "en" || s == "")
		return escape(s)
	if (!(s in french)) {
		printf "docs/fr/demo.tsv lacks: %s\n", s >"/dev/stderr"
		failed = 1
	}
	return escape(french[s])
}

# A cell of the column "head": words that have a French form take it, and numbers are
# written so.
function cell(s, head) {
	if (head == "complete" && s ~ /^[tf]$/)
		s = s == "t" ? "yes" : "no"
	if (s ~ /^target [0-9.]+ t CO2e$/) {
		split(s, word, " ")
		return say("target") " " cell(word[2], "") " t CO2e"
	}
	if (lang != "en" && s in french)
		return escape(french[s])
	if (lang != "en" && s ~ /^datasets not readable: /) {
		sub(/^datasets not readable: /, "", s)
		return say("datasets not readable:") " " escape(s)
	}
	if (is_number(s) && head != "year") {
		if (s ~ /^-?[0-9][0-9][0-9][0-9]+(\.|$)/)
			s = grouped(s)
		# As in the pictures: a narrow space between thousands, in both languages.
		gsub(/,/, "\342\200\257", s)
		if (lang != "en") {
			gsub(/\./, ",", s)
			sub(/ to /, " à ", s)
		}
	}
	return escape(s)
}

# A number without signs between its thousands, with them.
function grouped(s,   n, at) {
	n = index(s, ".") ? index(s, ".") - 1 : length(s)
	for (at = n - 3; at > (s ~ /^-/ ? 1 : 0); at -= 3)
		s = substr(s, 1, at) "," substr(s, at + 1)
	return s
}

function is_number(s) {
	return s ~ /^[-0-9][0-9,.]*( \(.*\)| %)?$/
}

# Rows are kept until the table ends: a column of numbers alone is set to the right.
function close_row(   i) {
	if (!pending)
		return
	for (i = 1; i <= columns; i++) {
		cells[rows, i] = row[i]
		if (rows == 0)
			words[i] = 0
		else if (row[i] != "" && !is_number(row[i]))
			words[i] = 1
	}
	rows++
	pending = 0
}

function close_table(   r, i, align, bar) {
	if (!open)
		return
	close_row()
	if (rows == 1) {
		printf "<p class=\"note\">%s</p>\n", say("No row.")
		open = 0
		return
	}
	print "<div class=\"t\"><table>\n<thead>"
	for (r = 0; r < rows; r++) {
		printf "<tr>"
		for (i = 1; i <= columns; i++) {
			align = words[i] ? "" : " class=\"n\""
			if (r == 0)
				printf "<th scope=\"col\"%s>%s</th>", align, say(cells[r, i])
			else if (cells[r, i] ~ /^#+$/)
				printf "<td><span class=\"bar\" style=\"width: %.1fem\"></span> %d</td>", length(cells[r, i]) / 3, length(cells[r, i])
			else
				printf "<td%s>%s</td>", align, cell(cells[r, i], cells[0, i])
		}
		print r == 0 ? "</tr>\n</thead>\n<tbody>" : "</tr>"
	}
	print "</tbody>\n</table></div>"
	open = 0
}

# A line of a table.  psql wraps a long cell: what goes on below begins with a dot where a
# word was cut, and the cells beside it are empty.
function table_line(line,   n, i, part, text, goes_on) {
	n = split(line, part, "|")
	goes_on = rows && pending && trim(part[2]) == ""
	if (!goes_on) {
		close_row()
		for (i = 2; i < n; i++)
			row[i - 1] = trim(part[i])
		columns = n - 2
		pending = 1
		return
	}
	for (i = 2; i < n; i++) {
		text = trim(part[i])
		if (text == "")
			continue
		if (text ~ /^\./) {
			sub(/^\./, "", text)
			sub(/\.$/, "", row[i - 1])
			row[i - 1] = row[i - 1] text
		} else
			row[i - 1] = trim(row[i - 1] " " text)
	}
}

function tables(name,   file, line) {
	file = output "/" name
	while ((getline line <file) > 0) {
		if (line ~ /^\+-/) {
			if (!open) {
				open = 1
				rows = 0
			}
		} else if (line ~ /^\|/) {
			table_line(line)
		} else {
			close_table()
			if (line ~ /NOTICE: /) {
				sub(/.*NOTICE: +/, "", line)
				printf "<p class=\"note\"><code>%s</code></p>\n", escape(line)
			} else if (line !~ /^ *$/)
				printf "<h3>%s</h3>\n", say(line)
		}
	}
	close_table()
	close(file)
}

function picture(name, what,   file, line) {
	file = output "/" name
	if ((getline line <file) > 0)
		printf "<figure><img src=\"%s\" alt=\"%s\"></figure>\n", name, say(what)
	close(file)
}

function section(title, text) {
	printf "<h2>%s</h2>\n<p>%s</p>\n", say(title), say(text)
}

function item(text, command, page) {
	printf "<li>%s<pre>%s</pre><a href=\"%s\">%s</a></li>\n", say(text), escape(command), page, page
}

BEGIN {
	while ((getline line <"docs/fr/demo.tsv") > 0) {
		split(line, pair, "\t")
		french[pair[1]] = pair[2]
	}

	printf "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", lang
	print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	print "<meta name=\"color-scheme\" content=\"light dark\">"
	printf "<title>%s</title>\n<style>\n", say("terrcarbon: the demo")
	print ":root { color-scheme: light dark; --ink: #1c2b33; --soft: #52636d; --paper: #fff; --line: #d5dde1; --link: #0b57a4 }"
	print "@media (prefers-color-scheme: dark) { :root { --ink: #e8eef1; --soft: #9fb0b9; --paper: #12191d; --line: #35434b; --link: #8cc0f5 } }"
	print "body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 68rem; font: 16px/1.5 system-ui, \"DejaVu Sans\", sans-serif; color: var(--ink); background: var(--paper) }"
	print "a { color: var(--link) } nav { text-align: right } h2 { margin-top: 3rem } h3 { margin: 2rem 0 .5rem; font-size: 1rem }"
	print ".t { overflow-x: auto } table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums }"
	print "th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top } .n { text-align: right } td.n { white-space: nowrap } th { color: var(--soft) } .bar { display: inline-block; height: .7em; background: var(--link) }"
	print "figure { margin: 1.5rem 0; overflow-x: auto } img { max-width: 100%; height: auto } .note { color: var(--soft); margin: 0 } li { margin: 1rem 0 } pre { overflow-x: auto; margin: .5rem 0 }"
	print "</style>\n</head>\n<body>"
	if (lang == "fr")
		print "<nav><a href=\"index.html\" lang=\"en\" hreflang=\"en\">English</a></nav>"
	else
		print "<nav><a href=\"index.fr.html\" lang=\"fr\" hreflang=\"fr\">Français</a></nav>"
	printf "<main>\n<h1>%s</h1>\n", say("terrcarbon: the demo")
	if (real)
		printf "<p>%s</p>\n", say("What this machine has just computed from the polygons you gave. What is made up says so; carbon stocks and emission factors are those of France.")
	else
		printf "<p>%s</p>\n", say("What this machine has just computed, from polygons to trajectories. Places, deposits and their figures are made up; carbon stocks and emission factors are those of France.")

	section("Carbon stock", "How much of each land-cover class lies in each commune, and the carbon it holds down to 30 cm of soil.")
	picture("map.svg", "Map of the land cover, each commune with its carbon stock")
	picture("chart.svg", "Bars of the carbon stock of each commune by pool")
	tables("stock.txt")

	section("Wetlands, electricity, materials, visitors, houses, buses, fields", "The use cases on the same ground. Made up, also where the ground is real: the states of wetlands, the development, roofs and shops, offers and needs of materials, visitors, ages of houses, bus lines, practices.")
	picture("wetlands.svg", "Map of the wetlands under a project and what their loss would release")
	tables("use_cases.txt")

	if ((getline line <(output "/account.txt")) > 0) {
		close(output "/account.txt")
		section("Three readers of one account", "Producers deposited data under four licences, and one refresh rolled them up. The same SELECT gives each reader what he may see, and says what is missing.")
		picture("trajectory-citizen.svg", "Emissions of the coast, as a citizen sees them")
		picture("trajectory-partner.svg", "Emissions of the coast, as the research partner sees them")
		picture("trajectory-agglomeration.svg", "Emissions of the coast, as the agglomeration sees them, with the target")
		tables("account.txt")
	}

	if ((getline line <(output "/year-council.txt")) > 0) {
		close(output "/year-council.txt")
		section("A year of deciding", "Six firms, ten actions and two credit projects of a harbour, all made up: what its council sees.")
		picture("plan.svg", "What was emitted, the target, the trend, and what running and planned actions take off it")
		picture("abatement.svg", "What each action costs for a tonne, and how many it brings")
		tables("year-council.txt")
		printf "<p>%s", say("What others see of the same, as text:")
		printf " <a href=\"year-mill.txt\">%s</a>, <a href=\"year-study.txt\">%s</a>, <a href=\"year-citizen.txt\">%s</a></p>\n", say("a firm"), say("those who study the plan"), say("a citizen")
	}

	section("Five things to try", "The server of the demo has gone. The first four take one of your own with the extension in it; the command makes the account coast there. The pages are text files beside this folder.")
	print "<pre>createdb demo &amp;&amp; psql -d demo -c 'CREATE EXTENSION terrcarbon CASCADE' -f docs/demo/territory.sql -f docs/demo/stock.sql -f docs/demo/account.sql</pre>"
	print "<ol>"
	item("From an empty database to a published trajectory, in an hour.", "psql -d territory", "../docs/tutorial.md")
	item("Your communes on a map in QGIS.", "psql -d territory -v file=$PWD/communes.geojson -v password=choose-one -f docs/demo/own_communes.sql", "../README.md#your-communes-on-a-map")
	item("What a project would cost in carbon.", "psql -d demo -c \"SELECT * FROM terrcarbon.what_if('coast', (SELECT ST_Buffer(seat, 300) FROM demo.territory WHERE name = 'Vigneuil'), '121', 2026, 30)\"", lang == "fr" ? "../docs/fr/planificateur.md" : "../docs/planner.md")
	item("A file of your own, with its mistakes found.", "SELECT * FROM terrcarbon.deposit('coast', 'activity', 'my_file', 'my-dataset', dry_run => true);", lang == "fr" ? "../docs/fr/producteur.md" : "../docs/deposit.md")
	item("The demo on real polygons.", "make demo DATA=folder", "../docs/contributing.md")
	print "</ol>\n</main>\n</body>\n</html>"
	exit failed
}
