// What the language server and the extension say to each other beyond the language server protocol.

import type { Command } from './interpreter';
import type { Level } from './settings';

/** `initializationOptions`, and the answer whenever the server asks for the section `hypershape`. */
export interface ServerOptions {
  /** False: nothing of the workspace may be run. */
  readonly trusted: boolean;
  /** Null leaves the choice to the server. */
  readonly interpreter: Command | null;
  readonly level: Level;
  readonly budget: number;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  /** By code: error, warning, info or hint. */
  readonly severity: Readonly<Record<string, string>>;
}

export const STATUS = 'hypershape/status';

/** The parameters of the server's notification `hypershape/status`, which leaves out what it does not know. */
export interface Status {
  readonly state: 'starting' | 'idle' | 'probing' | 'restricted' | 'error';
  readonly message?: string | null;
  readonly environment?: Environment | null;
}

/** The user's interpreter, as the server's agent sees it; nothing where a package is missing. */
export interface Environment {
  readonly python: string;
  readonly executable: string;
  readonly keras?: string | null;
  readonly keras_tuner?: string | null;
  readonly backend?: string | null;
}
