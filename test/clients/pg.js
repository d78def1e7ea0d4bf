// node-postgres, as Observable and many dashboards use it.
const fs = require('fs');
const { Client, types } = require('pg');

// A day is a day, and no instant in the time zone of the program.
types.setTypeParser(1082, (text) => text);

function text(value) {
	if (value === null) return 'NULL';
	if (typeof value === 'boolean') return value ? 't' : 'f';
	return String(value);
}

async function main() {
	const client = new Client();
	await client.connect();
	for (const line of fs.readFileSync('test/clients/queries.txt', 'utf8').trimEnd().split('\n')) {
		const [name, parameter, query] = line.split(/\|(.*?)\|(.*)/s);
		const result = await client.query({ name, text: query.replace('?', '$1'), values: [parameter] });
		for (const field of result.fields) {
			result.rows.forEach((row, place) => {
				const value = row[field.name];
				let shown = text(value);
				if (field.dataTypeID === 701 && value !== null) {
					if (typeof value !== 'number') throw new Error(`${field.name} is no number`);
					const bytes = Buffer.alloc(8);
					bytes.writeDoubleBE(value);
					shown = bytes.toString('hex');
				}
				console.log(`${name} ${place} ${field.name} = ${shown}`);
			});
		}
	}
	await client.end();
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
