// A configuration as a line that people read and type: `kernel=9, activation="relu"`.

import type { Configuration } from './protocol';

export function shown(configuration: Configuration): string {
  return Object.entries(configuration)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ');
}

/** The configuration that a line means; undefined where it means none. Words without quotes are texts. */
export function parsed(line: string): Configuration | undefined {
  const found: Record<string, Configuration[string]> = {};
  const part = /\s*([^=,]+?)\s*=\s*("(?:[^"\\]|\\.)*"|[^,"]*?)\s*(?:,|$)/y;
  let end = 0;
  while (end < line.trimEnd().length) {
    part.lastIndex = end;
    const match = part.exec(line);
    if (match === null) {
      return undefined;
    }
    found[match[1] ?? ''] = value(match[2] ?? '');
    end = part.lastIndex;
  }
  return found;
}

function value(text: string): Configuration[string] {
  const words: Record<string, Configuration[string]> = { True: true, False: false, None: null };
  if (text in words) {
    return words[text] ?? null;
  }
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' ? null : (read as Configuration[string]);
  } catch {
    return text;
  }
}
