// How the language server is started: which Python, and which copy of hypershape.

import type { Command } from './interpreter';

export type ImportStrategy = 'fromEnvironment' | 'useBundled';

/** What the choice depends on. */
export interface ServerChoice {
  /** The setting `hypershape.server`: a Python that has hypershape; empty when it is not set. */
  readonly setting: Command;
  readonly strategy: ImportStrategy;
  /** The interpreter that runs the user's code, when it is known. */
  readonly interpreter: Command | undefined;
  /** The script that starts the bundled copy, when the extension brings one. */
  readonly bundled: string | undefined;
}

/** Says whether a command exits with 0. */
export type Succeeds = (command: Command) => Promise<boolean>;

interface Candidate {
  readonly start: Command;
  /** Succeeds where `start` can run. */
  readonly question: Command;
}

const ON_PATH: readonly Command[] = [['python3'], ['python']];

/**
 * The command of the first server that can start: the setting's and no other where there is one, else the one
 * installed in the user's interpreter, the bundled one, one installed in a Python on the PATH. Undefined when there
 * is none.
 *
 * An interpreter of several words (`ssh box python3`) may be on another machine and is not asked.
 */
export async function chooseServer(choice: ServerChoice, succeeds: Succeeds): Promise<Command | undefined> {
  for (const candidate of candidates(choice)) {
    if (await succeeds(candidate.question)) {
      return candidate.start;
    }
  }
  return undefined;
}

function candidates({ setting, strategy, interpreter, bundled: script }: ServerChoice): Candidate[] {
  if (setting.length > 0) {
    return [installedIn(setting)];
  }
  const own: Command[] = interpreter?.length === 1 ? [interpreter] : [];
  const installed = strategy === 'fromEnvironment' ? own.map(installedIn) : [];
  const elsewhere = strategy === 'fromEnvironment' ? ON_PATH.map(installedIn) : [];
  const bundled = script === undefined ? [] : [...own, ...ON_PATH].map((python) => runBy(python, script));
  return [...installed, ...bundled, ...elsewhere];
}

function installedIn(python: Command): Candidate {
  return {
    start: [...python, '-m', 'hypershape', 'serve'],
    question: [...python, '-m', 'hypershape', '--version'],
  };
}

function runBy(python: Command, script: string): Candidate {
  return { start: [...python, script, 'serve'], question: [...python, script, '--version'] };
}
