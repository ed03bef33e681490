// The life of the language server: chosen, started, told of changes, replaced.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  MessageType,
  RevealOutputChannelOn,
  ShowMessageNotification,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { chooseInterpreter, type Command, type SelectedEnvironment } from './interpreter';
import { STATUS, type ServerOptions, type Status } from './protocol';
import { chooseServer } from './serverCommand';
import { notify } from './notifications';
import { linked } from './pages';
import { SECTION, read, type Settings } from './settings';
import { SELECTOR, type StatusItem } from './status';

const NO_SERVER =
  'Hypershape found no Python from 3.10 to 3.13 that can run it. ' +
  'Run "pip install hypershape" in your environment, or set "hypershape.server" to a Python that has it.';
const BAD_SERVER =
  'The Python in the setting "hypershape.server" cannot run Hypershape. ' +
  'Run "pip install hypershape" there, or clear the setting.';
const QUESTION_MS = 20_000;

export class Session implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly extension: vscode.Uri,
    private readonly environment: SelectedEnvironment,
    private readonly log: vscode.LogOutputChannel,
    private readonly status: StatusItem,
  ) {}

  /** Starts the server that the settings ask for, in place of the running one. Overlapping calls run in order. */
  restart(): Promise<void> {
    this.running = this.running
      .then(() => this.replace())
      .catch((error: unknown) => {
        // The language client has shown it already.
        this.fail(error instanceof Error ? error.message : String(error));
      });
    return this.running;
  }

  /** Tells the running server about changed settings or newly granted trust. */
  async update(): Promise<void> {
    await this.running;
    await this.client?.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { [SECTION]: await this.options(read()) },
    });
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  dispose(): void {
    void this.stop();
  }

  private async replace(): Promise<void> {
    await this.stop();
    this.status.show({ state: 'starting' });
    const settings = read();
    const command = await this.command(settings);
    const [executable, ...args] = command ?? [];
    if (executable === undefined) {
      const message = settings.server.length > 0 ? BAD_SERVER : NO_SERVER;
      this.fail(message);
      notify(MessageType.Error, message, settings.showNotifications);
      return;
    }
    this.log.info(`Starting ${[executable, ...args].join(' ')}`);
    this.client = new LanguageClient(
      'hypershape',
      'Hypershape',
      // The extension's own folder: a working folder of the user could hold modules that Python would import.
      { command: executable, args, options: { cwd: this.extension.fsPath } },
      await this.clientOptions(settings),
    );
    this.client.onNotification(STATUS, (status: Status) => {
      this.status.show(status);
    });
    this.client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
      this.log.info(message);
      notify(type, message, read().showNotifications);
    });
    await this.client.start();
  }

  private async command(settings: Settings): Promise<Command | undefined> {
    const script = vscode.Uri.joinPath(this.extension, 'client', 'bundled', 'launch.py').fsPath;
    return chooseServer(
      {
        setting: settings.server,
        strategy: settings.importStrategy,
        interpreter: await this.interpreter(settings),
        bundled: fs.existsSync(vscode.Uri.joinPath(this.extension, 'client', 'bundled', 'libs').fsPath) ? script : undefined,
      },
      (question) => this.succeeds(question),
    );
  }

  private succeeds([executable, ...args]: Command): Promise<boolean> {
    return new Promise((resolve) => {
      if (executable === undefined) {
        resolve(false);
        return;
      }
      const options = { cwd: this.extension.fsPath, timeout: QUESTION_MS };
      execFile(executable, args, options, (error) => {
        if (error !== null) {
          this.log.info(error.message.trim());
        }
        resolve(error === null);
      });
    });
  }

  private interpreter(settings: Settings): Promise<Command | undefined> {
    return chooseInterpreter(settings.interpreter, this.environment, vscode.workspace.isTrusted);
  }

  private async options(settings: Settings): Promise<ServerOptions> {
    return {
      trusted: vscode.workspace.isTrusted,
      interpreter: settings.interpreter.length > 0 ? settings.interpreter : null,
      selectedInterpreter: (await chooseInterpreter([], this.environment, vscode.workspace.isTrusted)) ?? null,
      level: settings.level,
      budget: settings.budget,
      select: settings.select,
      ignore: settings.ignore,
      severity: settings.severity,
    };
  }

  private async clientOptions(settings: Settings): Promise<LanguageClientOptions> {
    return {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: await this.options(settings),
      middleware: {
        handleDiagnostics: (uri, findings, next) => {
          next(uri, findings.map(linked));
        },
        workspace: {
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            const options = await this.options(read());
            return Array.isArray(answers)
              ? answers.map((answer: unknown, index) => (params.items[index]?.section === SECTION ? options : answer))
              : answers;
          },
        },
      },
    };
  }

  private fail(message: string): void {
    this.log.error(message);
    this.status.show({ state: 'error' });
  }
}
