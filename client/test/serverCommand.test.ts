import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseServer, type ServerChoice, type Succeeds } from '../src/serverCommand';

const choice: ServerChoice = {
  setting: [],
  strategy: 'fromEnvironment',
  interpreter: ['/envs/ml/bin/python'],
  bundled: '/extension/bundled/launch.py',
};

/** A machine on which exactly these commands succeed. */
const where =
  (...commands: string[]): Succeeds =>
  (command) =>
    Promise.resolve(commands.includes(command.join(' ')));

test('the setting wins over everything else', async () => {
  const command = await chooseServer({ ...choice, setting: ['/opt/tools/python'] }, () => Promise.resolve(true));
  assert.deepEqual(command, ['/opt/tools/python', '-m', 'hypershape', 'serve']);
});

test('a setting that does not work is not silently replaced', async () => {
  const command = await chooseServer(
    { ...choice, setting: ['/opt/tools/python'] },
    where('/envs/ml/bin/python -m hypershape --version', 'python3 -m hypershape --version'),
  );
  assert.equal(command, undefined);
});

test('hypershape in the user’s environment is preferred to the bundled one', async () => {
  const command = await chooseServer(
    choice,
    where('/envs/ml/bin/python -m hypershape --version', 'python3 /extension/bundled/launch.py --version'),
  );
  assert.deepEqual(command, ['/envs/ml/bin/python', '-m', 'hypershape', 'serve']);
});

test('useBundled passes over hypershape in the user’s environment', async () => {
  const command = await chooseServer(
    { ...choice, strategy: 'useBundled' },
    where('/envs/ml/bin/python -m hypershape --version', '/envs/ml/bin/python /extension/bundled/launch.py --version'),
  );
  assert.deepEqual(command, ['/envs/ml/bin/python', '/extension/bundled/launch.py', 'serve']);
});

test('an interpreter too old for the bundled server leaves it to python3', async () => {
  const command = await chooseServer(choice, where('python3 /extension/bundled/launch.py --version'));
  assert.deepEqual(command, ['python3', '/extension/bundled/launch.py', 'serve']);
});

test('without a bundled copy hypershape is sought on the PATH', async () => {
  const command = await chooseServer({ ...choice, bundled: undefined }, where('python -m hypershape --version'));
  assert.deepEqual(command, ['python', '-m', 'hypershape', 'serve']);
});

test('an interpreter on another machine is not asked to serve', async () => {
  const asked: string[] = [];
  const command = await chooseServer({ ...choice, interpreter: ['ssh', 'box', 'python3'] }, (question) => {
    asked.push(question.join(' '));
    return Promise.resolve(false);
  });
  assert.equal(command, undefined);
  assert.ok(asked.length > 0);
  assert.deepEqual(asked.filter((question) => question.includes('ssh')), []);
});
