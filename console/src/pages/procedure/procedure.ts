// A value of the procedure as one reads it in a table of differences.
export function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((one) => shown(one) ?? '').join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export interface Row {
  wait_text: string;
  means_text: string;
  note: string;
}
export interface ClassTable {
  title: string;
  rows: Row[];
}

// The public table, from the procedure's data. (The page itself, as HTML, is not put into this one: the policy of the
// console's pages lets no HTML in.)
export function tables(data: unknown): { columns: string[]; classes: ClassTable[] } {
  const { columns = [], class: classes = [] } = (data ?? {}) as {
    columns?: string[];
    class?: { title?: string; step?: Partial<Row>[]; phone?: Partial<Row> }[];
  };
  const row = (one: Partial<Row>): Row => ({
    wait_text: one.wait_text ?? '',
    means_text: one.means_text ?? '',
    note: one.note ?? '',
  });
  return {
    columns,
    classes: classes.map((one) => ({
      title: one.title ?? '',
      rows: [...(one.step ?? []), ...(one.phone ? [one.phone] : [])].map(row),
    })),
  };
}
