/** What Grafana puts into a query before the engine sees it. */
export type Variables = Readonly<Record<string, string>>;

export interface TimeRange {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly intervalSeconds: number;
}

/** The macros of grafana-clickhouse-datasource 4 that take a column, as its backend writes them (pkg/macros). */
const COLUMN_MACROS: Readonly<Record<string, (column: string, range: TimeRange) => string>> = {
  timeFilter: (column, { fromSeconds, toSeconds }) =>
    `${column} >= toDateTime(${fromSeconds}) AND ${column} <= toDateTime(${toSeconds})`,
  timeInterval: (column, { intervalSeconds }) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${intervalSeconds} second)`,
};

const PLAIN_MACROS: Readonly<Record<string, (range: TimeRange) => string>> = {
  fromTime: ({ fromSeconds }) => `toDateTime(${fromSeconds})`,
  toTime: ({ toSeconds }) => `toDateTime(${toSeconds})`,
  interval_s: ({ intervalSeconds }) => String(intervalSeconds),
};

/**
 * The SQL that reaches ClickHouse.
 * @throws Error on a macro or variable that the plugin would not know
 */
export function expandMacros(rawSql: string, variables: Variables, range: TimeRange): string {
  return rawSql
    .replace(
      /\$\{(\w+):singlequote\}/g,
      (_match, name: string) => `'${variable(variables, name).replaceAll("'", "''")}'`,
    )
    .replace(/\$\{(\w+)\}/g, (_match, name: string) => variable(variables, name))
    .replace(/\$__(\w+)(?:\(([^()]*)\))?/g, (match, name: string, argument: string | undefined) => {
      const ofColumn = COLUMN_MACROS[name];
      if (ofColumn && argument) return ofColumn(argument, range);
      const plain = PLAIN_MACROS[name];
      if (plain) return plain(range);
      throw new Error(`the plugin has no macro ${match}`);
    });
}

function variable(variables: Variables, name: string): string {
  const value = variables[name];
  if (value === undefined) throw new Error(`the board has no variable ${name}`);
  return value;
}
