// What the language server and the extension say to each other beyond the language server protocol.

import type { Command } from './interpreter';
import type { DeviceMode, InlayHints, Level, Run } from './settings';

/** `initializationOptions`, and the answer whenever the server asks for the section `hypershape`. */
export interface ServerOptions {
  /** False: nothing of the workspace may be run. */
  readonly trusted: boolean;
  /** Diagnostics are sent, also to an editor that could ask for them. */
  readonly diagnostics: 'push';
  /** What exceptions say is left to the hover, which folds it under the shapes. */
  readonly exceptions: 'folded';
  /** The setting; null where there is none. */
  readonly interpreter: Command | null;
  /** What is selected in the Python extension, which a project's own setting beats. */
  readonly selectedInterpreter: Command | null;
  /** Where the interpreter has folders of this machine. */
  readonly paths?: Readonly<Record<string, string>> | undefined;
  readonly level?: Level | undefined;
  readonly budget?: number | undefined;
  readonly device: { readonly mode: DeviceMode; readonly memoryLimit?: number | undefined };
  readonly select?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** By code: error, warning, info or hint. */
  readonly severity?: Readonly<Record<string, string>> | undefined;
  readonly run: Run;
  readonly inlayHints: InlayHints;
}

/** Values of hyperparameters by name. */
export type Configuration = Readonly<Record<string, string | number | boolean | null>>;

export const CONFIGURATIONS = 'hypershape/configurations';

/** What can be pinned of one target. */
export interface Choices {
  readonly target: string;
  readonly pinned?: Configuration | null;
  readonly choices: readonly { readonly label: string; readonly description: string; readonly configuration: Configuration }[];
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
  /** The name of the machine or container that it runs in, where that is not the server's. */
  readonly elsewhere?: string | null;
  readonly keras?: string | null;
  readonly keras_tuner?: string | null;
  readonly backend?: string | null;
  /** What Keras computes on: names of GPUs, else CPU. */
  readonly devices: readonly string[];
}
