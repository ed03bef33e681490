-- A real Neovim with the set-up of docs/editors.md: squiggle, hover, hints, lenses, a repair. Run by run.sh.
-- HYPERSHAPE_PYTHON is the interpreter with Keras, HYPERSHAPE_FILE a file that it may change.

local python = assert(os.getenv('HYPERSHAPE_PYTHON'))
local file = assert(os.getenv('HYPERSHAPE_FILE'))
local patience = 120000

local function until_true(what, holds)
  if not vim.wait(patience, holds, 50) then
    error('it never came: ' .. what)
  end
end

local function request(method, params)
  local client = assert(vim.lsp.get_clients({ name = 'hypershape' })[1], 'no client')
  local answer = assert(client:request_sync(method, params, patience, 0), 'no answer to ' .. method)
  assert(answer.err == nil, vim.inspect(answer.err))
  return answer.result
end

local function at(line, column)
  return {
    textDocument = vim.lsp.util.make_text_document_params(0),
    position = { line = line, character = column },
  }
end

local function main()
  vim.lsp.config('hypershape', {
    cmd = { python, '-m', 'hypershape', 'serve' },
    filetypes = { 'python' },
    root_markers = { 'pyproject.toml', '.git' },
    init_options = { interpreter = python },
  })
  vim.lsp.enable('hypershape')
  vim.cmd.edit(file)
  vim.lsp.inlay_hint.enable(true)

  until_true('a failing layer', function()
    return vim.iter(vim.diagnostic.get(0)):any(function(each) return each.code == 'HS201' end)
  end)
  local found = vim.iter(vim.diagnostic.get(0)):find(function(each) return each.code == 'HS201' end)
  assert(found.message:find('kernel', 1, true), found.message)

  local hover = request('textDocument/hover', at(found.lnum, found.col + 8))
  assert(hover.contents.value:find('| Conv2D', 1, true), vim.inspect(hover))

  local range = { start = { line = 0, character = 0 }, ['end'] = { line = 200, character = 0 } }
  local document = { textDocument = vim.lsp.util.make_text_document_params(0) }
  local hints = request('textDocument/inlayHint', vim.tbl_extend('error', document, { range = range }))
  assert(vim.iter(hints):any(function(each) return each.label:find('✗', 1, true) end), vim.inspect(hints))
  until_true('a drawn hint', function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end)

  until_true('a verdict', function()
    return vim.iter(request('textDocument/codeLens', document)):any(function(each)
      return each.command.title:find('%% fails') ~= nil
    end)
  end)

  local place = { start = { line = found.lnum, character = found.col }, ['end'] = { line = found.lnum, character = found.col } }
  local asked = vim.tbl_extend('error', document, { range = place, context = { diagnostics = {} } })
  local repair
  until_true('a repair that was tried', function()
    repair = vim.iter(request('textDocument/codeAction', asked) or {}):find(function(each) return each.isPreferred end)
    return repair ~= nil
  end)
  vim.lsp.util.apply_workspace_edit(repair.edit, 'utf-16')
  until_true('the repaired file', function()
    return not vim.iter(vim.diagnostic.get(0)):any(function(each) return each.code == 'HS201' end)
  end)
end

local passed, problem = pcall(main)
io.stdout:write(passed and 'Neovim: squiggle, hover, hints, lens and repair work\n' or ('FAILED: ' .. tostring(problem) .. '\n'))
vim.cmd(passed and 'qall!' or 'cquit 1')
