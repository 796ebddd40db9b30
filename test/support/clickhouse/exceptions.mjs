export const AUTHENTICATION_FAILED = 516;

/** HTTP statuses of exceptions (ClickHouse, src/Server/HTTP/exceptionCodeToHTTPStatus.cpp); all others are 500. */
const STATUSES = new Map([
  [400, [6, 25, 26, 27, 36, 38, 41, 43, 53, 62, 72, 117, 167, 168, 376, 427]],
  [403, [192, 193, 497, AUTHENTICATION_FAILED]],
  [404, [16, 46, 47, 50, 56, 60, 63, 73, 78, 81, 115]],
  [408, [159]],
  [501, [48]],
  [503, [76, 209, 439]],
]);

/** Exceptions that can be asked for by their code (src/Common/ErrorCodes.cpp). */
const KNOWN = new Map([
  [60, "Unknown table expression identifier 'asked_for'. (UNKNOWN_TABLE)"],
  [117, 'Incorrect data. (INCORRECT_DATA)'],
  [202, 'Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)'],
  [241, 'Memory limit (total) exceeded: would use 28.00 GiB, maximum: 27.90 GiB. (MEMORY_LIMIT_EXCEEDED)'],
  [242, 'Table is in readonly mode. (TABLE_IS_READ_ONLY)'],
  [243, 'Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)'],
  [252, 'Too many parts (3001). Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)'],
  [AUTHENTICATION_FAILED, 'Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)'],
]);

/** The text of an exception that is thrown on purpose. @param {number} code */
export function exceptionText(code) {
  return `Code: ${code}. DB::Exception: ${KNOWN.get(code) ?? 'Asked for. (UNKNOWN_EXCEPTION)'}`;
}

/** @param {string} exception the engine's text */
export function describeException(exception) {
  const code = Number(/Code: (\d+)/.exec(exception)?.[1] ?? 1002);
  const status = [...STATUSES].find(([, codes]) => codes.includes(code))?.[0] ?? 500;
  return { code, status, text: `${exception} (version 26.7.2.1 (official build))\n` };
}
