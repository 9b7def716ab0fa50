/** How long a client takes without a proxy, in seconds, and how that ends. */
export interface Recorded {
  seconds: number;
  /** It goes on for at least that long. */
  atLeast?: true;
  end: "answers" | "fails";
}

const fails = (seconds: number): Recorded => ({ seconds, end: "fails" });
const answers = (seconds: number): Recorded => ({ seconds, end: "answers" });
const beyond = (seconds: number): Recorded => ({ seconds, atLeast: true, end: "fails" });

/**
 * One run each against a mock on loopback: empty home, dummy key, the client's own defaults, its start to its end. Claude Code
 * 2.1.330, Codex 0.169.0, Gemini CLI 0.61.0: 2026-11-22. The others 2026-11-26, most cut after 120 s, on a
 * machine with other work. `npm run bench:failover -- --baseline` measures them again.
 */
export const recorded: Readonly<Record<string, Readonly<Record<string, Recorded>>>> = {
  claude: {
    refused: fails(185.7),
    reset: fails(175.7),
    "500": fails(171.6),
    "529": fails(2.2),
    "429": fails(183.3),
    hang: beyond(1_800),
    "mid-stream cut": answers(183.7),
    "mid-stream error": answers(0.92),
    silence: answers(301.9),
    "401 after success": fails(181.9),
    "expired login; sign-in refused": answers(0.44),
    "expired login; sign-in hangs": answers(30.3),
    "valid login; sign-in refused; 401": fails(2.2),
    "valid login; sign-in hangs; 401": fails(62),
  },
  codex: {
    refused: beyond(420),
    reset: fails(25.8),
    "500": fails(26.3),
    "529": fails(26.8),
    "429": fails(2.2),
    hang: beyond(420),
    "mid-stream cut": fails(8.9),
    "401 after success": fails(7.8),
  },
  gemini: {
    refused: fails(279),
    "500": beyond(300),
    "529": beyond(300),
    "429": fails(290),
    hang: beyond(300),
    "401 after success": fails(19),
  },
  copilot: {
    "gone after a tool call": fails(25.9),
    refused: fails(24.2),
    reset: fails(7),
    "500": fails(17.5),
    "529": fails(21.8),
    "429": fails(52.5),
    hang: beyond(120),
    "mid-stream cut": fails(6),
  },
  opencode: {
    "gone after a tool call": fails(77.5),
    refused: fails(75.5),
    reset: fails(65.3),
    "500": fails(73.5),
  },
  aider: {
    refused: fails(82.4),
    reset: fails(82.4),
  },
};
