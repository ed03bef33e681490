// Which Python runs the user's code, and who may say so.

/** A command that starts a Python, for example `["/usr/bin/python3"]` or `["ssh", "box", "python3"]`. */
export type Command = readonly string[];

/** What is asked of the Python extension: the environment that the user selected there. */
export interface SelectedEnvironment {
  /** The selected interpreter, or undefined where there is no Python extension or nothing is selected. */
  interpreter(): Promise<string | undefined>;
}

/**
 * The user's interpreter: the setting, then the Python extension's selection. Undefined leaves the choice to the
 * server, which looks for an environment beside the file and then for `python3`.
 *
 * In an untrusted workspace the selection may be an executable that the workspace brought along, so it is not used.
 */
export async function chooseInterpreter(
  setting: Command,
  selected: SelectedEnvironment,
  trusted: boolean,
): Promise<Command | undefined> {
  if (setting.length > 0) {
    return setting;
  }
  const path = trusted ? await selected.interpreter() : undefined;
  return path === undefined ? undefined : [path];
}
