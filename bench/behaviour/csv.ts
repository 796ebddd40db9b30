/** Records of a CSV text by the names in its first line (RFC 4180: quotes doubled, line breaks within quotes). */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...records] = csvRecords(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (header === undefined) return [];
  return records.map((fields) => Object.fromEntries(header.map((name, index) => [name, fields[index] ?? ''])));
}

function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  // One field with what ends it: quoted or plain, then a comma, a line break or the end.
  const field = /(?:"((?:[^"]+|"")*)"|((?!")[^,\r\n]*))(,|\r?\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new SyntaxError(`record ${records.length + 1} is not CSV`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') {
      if (field.lastIndex < text.length) continue;
      record.push('');
    }
    records.push(record);
    record = [];
  }
  return records;
}
