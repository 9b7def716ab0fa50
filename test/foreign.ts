import type { Rule } from "../src/core/spec.ts";
import { emptyWorld, type World } from "../src/core/surface.ts";
import { surfacesOf, type Target } from "../src/core/target.ts";

const mcp = `{
  // servers of the team
  "x-top": { "a": 1 },
  "mcpServers": {
    "hand-written": {"command":"npx","args":["-y", "x"], /* pinned */ "x-own": [1,2]}, // keep
    "other-written":   { "type": "http", "url": "https://example.com/a", "headers": {"A":"b"} },
  }, // the end
}
`;

const settings = `{
	"$schema": "https://json.schemastore.org/claude-code-settings.json",
	// who may do what
	"permissions": {
		"allow": [
			"Bash(npm run lint:*)", // often
			"Bash(node -e *)"
		],
		"deny": [],
		"additionalDirectories": ["../docs"]
	},
	"hooks": {
		"PostToolUse": [
			{
				"matcher": "Edit|Write",
				"hooks": [
					{ "type": "command", "command": "./own.sh" },
					{ "type": "command", "command": "./two.sh", "timeout": 5 }
				]
			},
			{ "hooks": [{ "type": "prompt", "prompt": "?" }] }
		]
	},
	/* not a word */
	"own.key": true
}
`;

const litellm = `# the team's gateway
model_list:
  - model_name: gpt-4o # cheap
    litellm_params: &shared
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
      rpm: 6
  - model_name: gpt-4o
    litellm_params:
      <<: *shared
      api_key: os.environ/SECOND_KEY
  - model_name: "*"
    litellm_params: {model: "*"}

mcp_servers:
  hand_written: {url: https://example.com/mcp, auth_type: oauth2}

litellm_settings:
  drop_params: yes
  default_model: gpt-4o   # invented
`;

const aider = `# how we use it
read:
  - ./AGENTS.md
  - CONVENTIONS.md   # ours
  - docs/style.md
alias:
  - hand:gpt-4o
  - 'other: gpt-4o-mini' # small
auto-lint: yes
lint-cmd: make lint
read-files:
    - README.md
`;

const aiderModels = `# local ones
- name: openai/hand-written
  edit_format: diff # it can
  extra_params: {api_base: http://10.0.0.9/v1}
`;

/** Shared files as people write them, by path; for every other file of that kind, its ending. */
const files: Record<string, string> = {
  ".mcp.json": mcp,
  ".claude/settings.json": settings,
  "litellm_config.yaml": litellm,
  ".aider.conf.yml": aider,
  ".aider.model.settings.yml": aiderModels,
  ".aiderignore": "# not for a model\nold/\n",
  json: `{\n  // mine\n  "own.key": [1,2],\n}\n`,
};

/** What stands in a repository before we come, and the rules that the pages in it are. */
export const handWritten = (t: Target, text: string): { world: World; rules: Rule[] } => {
  const found = new Map<string, string>();
  const rules: Rule[] = [];
  const prose = `# Mine\n\n${text.replaceAll("portable:", "other:")}`;
  for (const { place } of surfacesOf(t))
    for (const r of place.reads) {
      if ("folder" in r)
        found.set(`${r.folder}/hand-written${r.suffix ?? "/notes.txt"}`, "---\nx: 1\n---\nMine\n");
      else if (place.page && !found.has(r.file)) {
        found.set(r.file, `${prose}\n`);
        rules.push({ name: `mine-${r.file}`, apply: { on: "always" }, body: prose, at: r.file });
      } else if (!place.page) {
        const own = files[r.file] ?? files[r.file.split(".").at(-1)!];
        if (own !== undefined) found.set(r.file, own);
      }
    }
  return { world: { ...emptyWorld(), files: found }, rules };
};

const linesOf = (text: string): string[] => text.split(/\r?\n/).map((l) => l.replace(/,?\s*$/, ""));
/** Lines of `before` that do not stand in `after`, in their order; an empty list may have been filled. */
export const lostLines = (before: string, after: string): string[] => {
  const rest = linesOf(after);
  return linesOf(before).filter((l) => {
    const at = rest.indexOf(l);
    if (at >= 0) rest.splice(0, at + 1);
    return at < 0 && !/[[{][\]}]$/.test(l);
  });
};
