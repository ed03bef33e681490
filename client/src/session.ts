// The life of the language server: chosen, started, told of changes, replaced.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import {
  DidChangeConfigurationNotification,
  InlayHintRequest,
  LanguageClient,
  MessageType,
  RevealOutputChannelOn,
  ShowMessageNotification,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { chooseInterpreter, type Command, type SelectedEnvironment } from './interpreter';
import { STATUS, type ServerOptions, type Status } from './protocol';
import { chooseServer } from './serverCommand';
import { PIN, pin } from './configurations';
import { Crashes } from './crashes';
import { CurrentLine } from './currentLine';
import { notify } from './notifications';
import { linked } from './pages';
import { Problems } from './problems';
import { REPORT, ReportPanel } from './report';
import { SECTION, read, type Settings } from './settings';
import { SELECTOR, type StatusItem } from './status';

const NO_SERVER =
  'Hypershape found no Python from 3.10 to 3.13 that can run it. ' +
  'Run "pip install hypershape" in your environment, or set "hypershape.server" to a Python that has it.';
const BAD_SERVER =
  'The Python in the setting "hypershape.server" cannot run Hypershape. ' +
  'Run "pip install hypershape" there, or clear the setting.';
const QUESTION_MS = 20_000;

/** One that only logs its own errors: what the user is shown, and how often, is decided here. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Session implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private running: Promise<void> = Promise.resolve();
  readonly report = new ReportPanel();
  private readonly crashes = new Crashes((message) => {
    this.fail(message);
    return read().showNotifications !== 'off';
  });
  private readonly problems = new Problems();
  private readonly currentLine = new CurrentLine((document) => {
    const hints = this.client?.getFeature(InlayHintRequest.method).getProvider(document);
    hints?.onDidChangeInlayHints.fire();
  });

  constructor(
    private readonly extension: vscode.Uri,
    private readonly environment: SelectedEnvironment & { of(scope?: vscode.Uri): SelectedEnvironment },
    private readonly log: vscode.LogOutputChannel,
    private readonly status: StatusItem,
  ) {}

  /** Starts the server that the settings ask for, in place of the running one. Overlapping calls run in order. */
  restart(): Promise<void> {
    const ended = this.crashes.count;
    this.running = this.running
      .then(() => this.replace())
      .catch((error: unknown) => {
        // A server that ends while it starts is told, and started again, by what counts how often it ends.
        if (this.crashes.count === ended) {
          this.tell(`The language server did not start: ${error instanceof Error ? error.message : String(error)}`);
        }
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

  /** Asks the server; undefined where none runs. */
  async request<R>(method: string, params: unknown): Promise<R> {
    await this.running;
    if (this.client === undefined) {
      throw new Error('Hypershape is not running.');
    }
    return this.client.sendRequest<R>(method, params);
  }

  execute<R>(command: string, ...args: unknown[]): Promise<R> {
    return this.request('workspace/executeCommand', { command, arguments: args });
  }

  /** The address of the document in hand as the server knows it. */
  document(): string | undefined {
    const uri = (vscode.window.activeNotebookEditor?.notebook ?? vscode.window.activeTextEditor?.document)?.uri;
    return uri === undefined ? undefined : this.client?.code2ProtocolConverter.asUri(uri);
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop() !== true) {
      // It ended by itself, or never started.
      return;
    }
    // One that is about to run, perhaps after a crash, can be stopped only once it does.
    await client.start().catch(() => undefined);
    if (client.needsStop()) {
      await client.dispose();
    }
  }

  dispose(): void {
    this.currentLine.dispose();
    this.report.dispose();
    void this.stop();
  }

  private async replace(): Promise<void> {
    await this.stop();
    this.status.show({ state: 'starting' });
    const settings = read();
    const command = await this.command(settings);
    const [executable, ...args] = command ?? [];
    if (executable === undefined) {
      this.tell(settings.server.length > 0 ? BAD_SERVER : NO_SERVER);
      return;
    }
    this.log.info(`Starting ${[executable, ...args].join(' ')}`);
    this.client = new QuietClient(
      'hypershape',
      'Hypershape',
      // The extension's own folder: a working folder of the user could hold modules that Python would import.
      { command: executable, args, options: { cwd: this.extension.fsPath } },
      await this.clientOptions(settings),
    );
    this.client.onNotification(STATUS, (status: Status) => {
      this.status.show(status);
      if (status.state === 'error' && status.message != null && read().showNotifications !== 'off') {
        this.problems.tell(status.message, status.environment);
      }
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

  /** What the server is told for the window, or for the folder of one file. */
  private async options(settings: Settings, scope?: vscode.Uri): Promise<ServerOptions> {
    return {
      trusted: vscode.workspace.isTrusted,
      // Results come in pieces: an editor that asks for them shows each one later.
      diagnostics: 'push',
      // The hover shows shapes first, and folds what Keras says.
      exceptions: 'folded',
      interpreter: settings.interpreter.length > 0 ? settings.interpreter : null,
      selectedInterpreter: (await chooseInterpreter([], this.environment.of(scope), vscode.workspace.isTrusted)) ?? null,
      paths: settings.paths,
      level: settings.level,
      budget: settings.budget,
      device: { mode: settings.deviceMode, memoryLimit: settings.memoryLimit },
      select: settings.select,
      ignore: settings.ignore,
      severity: settings.severity,
      run: settings.run,
      inlayHints: settings.inlayHints,
    };
  }

  private async clientOptions(settings: Settings): Promise<LanguageClientOptions> {
    return {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: await this.options(settings),
      errorHandler: this.crashes,
      // It would show the error that ends the start as well.
      initializationFailedHandler: () => false,
      markdown: { supportHtml: true },
      middleware: {
        handleDiagnostics: (uri, findings, next) => {
          next(uri, findings.map(linked));
        },
        executeCommand: async (command, args: unknown[], next) => {
          const [uri, name, ...wanted] = args;
          if (command === PIN && wanted.length === 0 && typeof uri === 'string' && typeof name === 'string') {
            return pin(this, uri, name);
          }
          if (command === REPORT && args.length === 1 && typeof uri === 'string') {
            return this.report.show(this, uri);
          }
          return next(command, args) as unknown;
        },
        provideInlayHints: async (document, range, token, next) =>
          this.currentLine.of(document, await next(document, range, token)),
        workspace: {
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            if (!Array.isArray(answers)) {
              return answers;
            }
            return Promise.all(
              answers.map((answer: unknown, index) => {
                const item = params.items[index];
                const scope = item?.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri);
                return item?.section === SECTION ? this.options(read(scope), scope) : answer;
              }),
            );
          },
        },
      },
    };
  }

  /** Logs why there is no server, and shows it as far as the user wants. */
  private tell(message: string): void {
    this.fail(message);
    notify(MessageType.Error, message, read().showNotifications);
  }

  private fail(message: string): void {
    this.log.error(message);
    this.status.show({ state: 'error' });
  }
}
