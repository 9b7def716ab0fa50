import { describe, expect, test } from "vitest";
import { type ProviderRow, providers, rowOf, servedBy, splitModel } from "../../src/providers/index.ts";
import { reach, type Tool, toolRows } from "../../src/providers/tools.ts";
import { profiles } from "../../src/targets/roo-profile-reads.ts";

/**
 * Every provider in every tool, restated: variables of the key, where the base stands and what it is at the usual origin, the tool's
 * word for the provider and its name of the model `id`; then variables of region and project, and what must be set besides.
 */
const said = `
anthropic
  claude: ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN | ANTHROPIC_BASE_URL https://api.anthropic.com | .:id
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.anthropic.com | .:id | COPILOT_PROVIDER_TYPE=anthropic
  opencode: ANTHROPIC_API_KEY | provider.anthropic.options.baseURL https://api.anthropic.com/v1 | anthropic:anthropic/id
  aider: ANTHROPIC_API_KEY | ANTHROPIC_API_BASE https://api.anthropic.com | anthropic:anthropic/id
  litellm: ANTHROPIC_API_KEY | ANTHROPIC_API_BASE https://api.anthropic.com | anthropic:anthropic/id
  continue: ANTHROPIC_API_KEY | apiBase https://api.anthropic.com/v1 | anthropic:id
  zed: ANTHROPIC_API_KEY | api_url https://api.anthropic.com | anthropic:id
  cline: no key | baseUrl https://api.anthropic.com/v1 | anthropic:id
openai
  claude: -
  codex: CODEX_API_KEY | openai_base_url https://api.openai.com/v1 | openai:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.openai.com/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: OPENAI_API_KEY | provider.openai.options.baseURL https://api.openai.com/v1 | openai:openai/id
  aider: OPENAI_API_KEY | OPENAI_API_BASE https://api.openai.com/v1 | openai:openai/id
  litellm: OPENAI_API_KEY | OPENAI_API_BASE https://api.openai.com/v1 | openai:openai/id
  continue: OPENAI_API_KEY | apiBase https://api.openai.com/v1 | openai:id
  zed: OPENAI_API_KEY | api_url https://api.openai.com/v1 | openai:id
  cline: no key | baseUrl https://api.openai.com/v1 | openai-compatible:id
amazon-bedrock
  claude: AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE | ANTHROPIC_BEDROCK_BASE_URL - | .:id | AWS_REGION | CLAUDE_CODE_USE_BEDROCK=1
  codex: -
  gemini: -
  copilot: -
  opencode: AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE | provider.amazon-bedrock.options.baseURL - | amazon-bedrock:amazon-bedrock/id | AWS_REGION
  aider: AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID | no base - | bedrock:bedrock/id | AWS_REGION_NAME
  litellm: AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID | no base - | bedrock:bedrock/id | AWS_REGION_NAME
  continue: AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE | apiBase - | bedrock:id
  zed: no key | api_url - | bedrock:id | region
  cline: -
google-vertex
  claude: GOOGLE_APPLICATION_CREDENTIALS | ANTHROPIC_VERTEX_BASE_URL - | .:id | CLOUD_ML_REGION | ANTHROPIC_VERTEX_PROJECT_ID | CLAUDE_CODE_USE_VERTEX=1
  codex: -
  gemini: GOOGLE_API_KEY | GOOGLE_VERTEX_BASE_URL - | .:id | GOOGLE_GENAI_USE_VERTEXAI=true
  copilot: -
  opencode: GOOGLE_APPLICATION_CREDENTIALS | provider.google-vertex.options.baseURL - | google-vertex:google-vertex/id | GOOGLE_VERTEX_LOCATION | GOOGLE_VERTEX_PROJECT
  aider: GOOGLE_APPLICATION_CREDENTIALS | no base - | vertex_ai:vertex_ai/id | VERTEXAI_LOCATION | VERTEXAI_PROJECT
  litellm: GOOGLE_APPLICATION_CREDENTIALS | no base - | vertex_ai:vertex_ai/id | VERTEXAI_LOCATION | VERTEXAI_PROJECT
  continue: GOOGLE_APPLICATION_CREDENTIALS | apiBase - | vertexai:id
  zed: -
  cline: -
google
  claude: -
  codex: -
  gemini: GEMINI_API_KEY | GOOGLE_GEMINI_BASE_URL https://generativelanguage.googleapis.com | .:id
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://generativelanguage.googleapis.com/v1beta/openai | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: GOOGLE_API_KEY GOOGLE_GENERATIVE_AI_API_KEY GEMINI_API_KEY | provider.google.options.baseURL https://generativelanguage.googleapis.com/v1beta | google:google/id
  aider: GEMINI_API_KEY | no base - | gemini:gemini/id
  litellm: GEMINI_API_KEY | no base - | gemini:gemini/id
  continue: GEMINI_API_KEY | apiBase https://generativelanguage.googleapis.com/v1beta | gemini:id
  zed: GEMINI_API_KEY GOOGLE_AI_API_KEY | api_url https://generativelanguage.googleapis.com | google:id
  cline: no key | baseUrl https://generativelanguage.googleapis.com/v1beta/openai | openai-compatible:id
azure
  claude: -
  codex: AZURE_API_KEY | model_providers.azure.base_url - | azure:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL - | .:id | COPILOT_PROVIDER_TYPE=azure
  opencode: AZURE_API_KEY | provider.azure.options.baseURL - | azure:azure/id | AZURE_RESOURCE_NAME
  aider: AZURE_API_KEY | AZURE_API_BASE - | azure:azure/id
  litellm: AZURE_API_KEY | AZURE_API_BASE - | azure:azure/id
  continue: AZURE_API_KEY | apiBase - | azure:id
  zed: AZURE_API_KEY | api_url - | openai_compatible.azure:id
  cline: no key | baseUrl - | openai-compatible:id
openrouter
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL https://openrouter.ai/api | .:id
  codex: OPENROUTER_API_KEY | model_providers.openrouter.base_url https://openrouter.ai/api/v1 | openrouter:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://openrouter.ai/api/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: OPENROUTER_API_KEY | provider.openrouter.options.baseURL https://openrouter.ai/api/v1 | openrouter:openrouter/id
  aider: OPENROUTER_API_KEY | OPENROUTER_API_BASE https://openrouter.ai/api/v1 | openrouter:openrouter/id
  litellm: OPENROUTER_API_KEY | OPENROUTER_API_BASE https://openrouter.ai/api/v1 | openrouter:openrouter/id
  continue: OPENROUTER_API_KEY | apiBase https://openrouter.ai/api/v1 | openrouter:id
  zed: OPENROUTER_API_KEY | api_url https://openrouter.ai/api/v1 | open_router:id
  cline: no key | baseUrl https://openrouter.ai/api/v1 | openai-compatible:id
groq
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.groq.com/openai/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: GROQ_API_KEY | provider.groq.options.baseURL https://api.groq.com/openai/v1 | groq:groq/id
  aider: GROQ_API_KEY | GROQ_API_BASE https://api.groq.com/openai/v1 | groq:groq/id
  litellm: GROQ_API_KEY | GROQ_API_BASE https://api.groq.com/openai/v1 | groq:groq/id
  continue: GROQ_API_KEY | apiBase https://api.groq.com/openai/v1 | groq:id
  zed: GROQ_API_KEY | api_url https://api.groq.com/openai/v1 | openai_compatible.groq:id
  cline: no key | baseUrl https://api.groq.com/openai/v1 | openai-compatible:id
mistral
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.mistral.ai/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: MISTRAL_API_KEY | provider.mistral.options.baseURL https://api.mistral.ai/v1 | mistral:mistral/id
  aider: MISTRAL_API_KEY | MISTRAL_API_BASE https://api.mistral.ai/v1 | mistral:mistral/id
  litellm: MISTRAL_API_KEY | MISTRAL_API_BASE https://api.mistral.ai/v1 | mistral:mistral/id
  continue: MISTRAL_API_KEY | apiBase https://api.mistral.ai/v1 | mistral:id
  zed: MISTRAL_API_KEY | api_url https://api.mistral.ai/v1 | mistral:id
  cline: no key | baseUrl https://api.mistral.ai/v1 | openai-compatible:id
deepseek
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL https://api.deepseek.com/anthropic | .:id
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.deepseek.com | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: DEEPSEEK_API_KEY | provider.deepseek.options.baseURL https://api.deepseek.com | deepseek:deepseek/id
  aider: DEEPSEEK_API_KEY | DEEPSEEK_API_BASE https://api.deepseek.com | deepseek:deepseek/id
  litellm: DEEPSEEK_API_KEY | DEEPSEEK_API_BASE https://api.deepseek.com | deepseek:deepseek/id
  continue: DEEPSEEK_API_KEY | apiBase https://api.deepseek.com | deepseek:id
  zed: DEEPSEEK_API_KEY | api_url https://api.deepseek.com/v1 | deepseek:id
  cline: no key | baseUrl https://api.deepseek.com | openai-compatible:id
xai
  claude: -
  codex: XAI_API_KEY | model_providers.xai.base_url https://api.x.ai/v1 | xai:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.x.ai/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: XAI_API_KEY | provider.xai.options.baseURL https://api.x.ai/v1 | xai:xai/id
  aider: XAI_API_KEY | XAI_API_BASE https://api.x.ai/v1 | xai:xai/id
  litellm: XAI_API_KEY | XAI_API_BASE https://api.x.ai/v1 | xai:xai/id
  continue: XAI_API_KEY | apiBase https://api.x.ai/v1 | xAI:id
  zed: XAI_API_KEY | api_url https://api.x.ai/v1 | x_ai:id
  cline: no key | baseUrl https://api.x.ai/v1 | openai-compatible:id
moonshotai
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.moonshot.ai/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: MOONSHOT_API_KEY | provider.moonshotai.options.baseURL https://api.moonshot.ai/v1 | moonshotai:moonshotai/id
  aider: MOONSHOT_API_KEY | MOONSHOT_API_BASE https://api.moonshot.ai/v1 | moonshot:moonshot/id
  litellm: MOONSHOT_API_KEY | MOONSHOT_API_BASE https://api.moonshot.ai/v1 | moonshot:moonshot/id
  continue: MOONSHOT_API_KEY | apiBase https://api.moonshot.ai/v1 | moonshot:id
  zed: MOONSHOTAI_API_KEY | api_url https://api.moonshot.ai/v1 | openai_compatible.moonshotai:id
  cline: no key | baseUrl https://api.moonshot.ai/v1 | openai-compatible:id
zai
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.z.ai/api/paas/v4 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: ZHIPU_API_KEY | provider.zai.options.baseURL https://api.z.ai/api/paas/v4 | zai:zai/id
  aider: ZAI_API_KEY | ZAI_API_BASE https://api.z.ai/api/paas/v4 | zai:zai/id
  litellm: ZAI_API_KEY | ZAI_API_BASE https://api.z.ai/api/paas/v4 | zai:zai/id
  continue: ZHIPU_API_KEY | apiBase https://api.z.ai/api/paas/v4 | openai:id
  zed: ZAI_API_KEY | api_url https://api.z.ai/api/paas/v4 | openai_compatible.zai:id
  cline: no key | baseUrl https://api.z.ai/api/paas/v4 | openai-compatible:id
alibaba
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL https://dashscope-intl.aliyuncs.com/apps/anthropic | .:id
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: DASHSCOPE_API_KEY | provider.alibaba.options.baseURL https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | alibaba:alibaba/id
  aider: DASHSCOPE_API_KEY | DASHSCOPE_API_BASE https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | dashscope:dashscope/id
  litellm: DASHSCOPE_API_KEY | DASHSCOPE_API_BASE https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | dashscope:dashscope/id
  continue: DASHSCOPE_API_KEY | apiBase https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | openai:id
  zed: ALIBABA_API_KEY | api_url https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | openai_compatible.alibaba:id
  cline: no key | baseUrl https://dashscope-intl.aliyuncs.com/compatible-mode/v1 | openai-compatible:id
cerebras
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.cerebras.ai/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: CEREBRAS_API_KEY | provider.cerebras.options.baseURL https://api.cerebras.ai/v1 | cerebras:cerebras/id
  aider: CEREBRAS_API_KEY | CEREBRAS_API_BASE https://api.cerebras.ai/v1 | cerebras:cerebras/id
  litellm: CEREBRAS_API_KEY | CEREBRAS_API_BASE https://api.cerebras.ai/v1 | cerebras:cerebras/id
  continue: CEREBRAS_API_KEY | apiBase https://api.cerebras.ai/v1 | cerebras:id
  zed: CEREBRAS_API_KEY | api_url https://api.cerebras.ai/v1 | openai_compatible.cerebras:id
  cline: no key | baseUrl https://api.cerebras.ai/v1 | openai-compatible:id
fireworks-ai
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.fireworks.ai/inference/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: FIREWORKS_API_KEY | provider.fireworks-ai.options.baseURL https://api.fireworks.ai/inference/v1 | fireworks-ai:fireworks-ai/id
  aider: FIREWORKS_API_KEY | FIREWORKS_API_BASE https://api.fireworks.ai/inference/v1 | fireworks_ai:fireworks_ai/id
  litellm: FIREWORKS_API_KEY | FIREWORKS_API_BASE https://api.fireworks.ai/inference/v1 | fireworks_ai:fireworks_ai/id
  continue: FIREWORKS_API_KEY | apiBase https://api.fireworks.ai/inference/v1 | fireworks:id
  zed: FIREWORKS_AI_API_KEY | api_url https://api.fireworks.ai/inference/v1 | openai_compatible.fireworks-ai:id
  cline: no key | baseUrl https://api.fireworks.ai/inference/v1 | openai-compatible:id
togetherai
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL https://api.together.ai/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: TOGETHER_API_KEY | provider.togetherai.options.baseURL https://api.together.ai/v1 | togetherai:togetherai/id
  aider: TOGETHER_API_KEY | TOGETHER_AI_API_BASE https://api.together.ai/v1 | together_ai:together_ai/id
  litellm: TOGETHER_API_KEY | TOGETHER_AI_API_BASE https://api.together.ai/v1 | together_ai:together_ai/id
  continue: TOGETHER_API_KEY | apiBase https://api.together.ai/v1 | together:id
  zed: TOGETHERAI_API_KEY | api_url https://api.together.ai/v1 | openai_compatible.togetherai:id
  cline: no key | baseUrl https://api.together.ai/v1 | openai-compatible:id
github-copilot
  claude: -
  codex: -
  gemini: -
  copilot: no key | no base - | .:id
  opencode: GITHUB_TOKEN | provider.github-copilot.options.baseURL https://api.githubcopilot.com | github-copilot:github-copilot/id
  aider: no key | no base - | github_copilot:github_copilot/id
  litellm: no key | no base - | github_copilot:github_copilot/id
  continue: GITHUB_COPILOT_TOKEN | apiBase https://api.githubcopilot.com | openai:id
  zed: no key | api_url https://api.githubcopilot.com | copilot_chat:id
  cline: no key | baseUrl https://api.githubcopilot.com | openai-compatible:id
portkey
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL http://127.0.0.1:8787 | .:id
  codex: PORTKEY_API_KEY | model_providers.portkey.base_url http://127.0.0.1:8787/v1 | portkey:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:8787/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: PORTKEY_API_KEY | provider.portkey.options.baseURL http://127.0.0.1:8787/v1 | portkey:portkey/id
  aider: no key | no base - | openai:openai/id
  litellm: no key | no base - | openai:openai/id
  continue: PORTKEY_API_KEY | apiBase http://127.0.0.1:8787/v1 | openai:id
  zed: PORTKEY_API_KEY | api_url http://127.0.0.1:8787/v1 | openai_compatible.portkey:id
  cline: no key | baseUrl http://127.0.0.1:8787/v1 | openai-compatible:id
litellm
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL http://127.0.0.1:4000 | .:id
  codex: LITELLM_PROXY_API_KEY | model_providers.litellm.base_url http://127.0.0.1:4000/v1 | litellm:id
  gemini: GEMINI_API_KEY | GOOGLE_GEMINI_BASE_URL http://127.0.0.1:4000 | .:id
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:4000/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: LITELLM_PROXY_API_KEY LITELLM_MASTER_KEY | provider.litellm.options.baseURL http://127.0.0.1:4000/v1 | litellm:litellm/id
  aider: LITELLM_PROXY_API_KEY | LITELLM_PROXY_API_BASE http://127.0.0.1:4000 | litellm_proxy:litellm_proxy/id
  litellm: LITELLM_PROXY_API_KEY | LITELLM_PROXY_API_BASE http://127.0.0.1:4000 | litellm_proxy:litellm_proxy/id
  continue: LITELLM_PROXY_API_KEY | apiBase http://127.0.0.1:4000/v1 | openai:id
  zed: LITELLM_API_KEY | api_url http://127.0.0.1:4000/v1 | openai_compatible.litellm:id
  cline: no key | baseUrl http://127.0.0.1:4000 | litellm:id
ollama
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL http://127.0.0.1:11434 | .:id
  codex: OLLAMA_API_KEY | model_providers.ollama.base_url http://127.0.0.1:11434/v1 | ollama:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:11434/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: OLLAMA_API_KEY | provider.ollama.options.baseURL http://127.0.0.1:11434/v1 | ollama:ollama/id
  aider: no key | OLLAMA_API_BASE http://127.0.0.1:11434 | ollama_chat:ollama_chat/id
  litellm: no key | OLLAMA_API_BASE http://127.0.0.1:11434 | ollama_chat:ollama_chat/id
  continue: OLLAMA_API_KEY | apiBase http://127.0.0.1:11434 | ollama:id
  zed: OLLAMA_API_KEY | api_url http://127.0.0.1:11434 | ollama:id
  cline: no key | baseUrl http://127.0.0.1:11434 | ollama:id
lmstudio
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL http://127.0.0.1:1234 | .:id
  codex: LM_STUDIO_API_KEY | model_providers.lmstudio.base_url http://127.0.0.1:1234/v1 | lmstudio:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:1234/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: LMSTUDIO_API_KEY | provider.lmstudio.options.baseURL http://127.0.0.1:1234/v1 | lmstudio:lmstudio/id
  aider: LM_STUDIO_API_KEY | LM_STUDIO_API_BASE http://127.0.0.1:1234/v1 | lm_studio:lm_studio/id
  litellm: LM_STUDIO_API_KEY | LM_STUDIO_API_BASE http://127.0.0.1:1234/v1 | lm_studio:lm_studio/id
  continue: LM_STUDIO_API_KEY | apiBase http://127.0.0.1:1234/v1 | lmstudio:id
  zed: LMSTUDIO_API_KEY | api_url http://127.0.0.1:1234/api/v0 | lmstudio:id
  cline: no key | baseUrl http://127.0.0.1:1234/v1 | openai-compatible:id
llama.cpp
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL http://127.0.0.1:8080 | .:id
  codex: LLAMA_API_KEY | model_providers."llama.cpp".base_url http://127.0.0.1:8080/v1 | llama.cpp:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:8080/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: LLAMA_API_KEY | provider.llama.cpp.options.baseURL http://127.0.0.1:8080/v1 | llama.cpp:llama.cpp/id
  aider: no key | no base - | openai:openai/id
  litellm: no key | no base - | openai:openai/id
  continue: LLAMA_API_KEY | apiBase http://127.0.0.1:8080/v1 | llama.cpp:id
  zed: LLAMA_CPP_API_KEY | api_url http://127.0.0.1:8080/v1 | openai_compatible.llama.cpp:id
  cline: no key | baseUrl http://127.0.0.1:8080/v1 | openai-compatible:id
vllm
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL http://127.0.0.1:8000 | .:id
  codex: VLLM_API_KEY | model_providers.vllm.base_url http://127.0.0.1:8000/v1 | vllm:id
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:8000/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: VLLM_API_KEY | provider.vllm.options.baseURL http://127.0.0.1:8000/v1 | vllm:vllm/id
  aider: HOSTED_VLLM_API_KEY | HOSTED_VLLM_API_BASE http://127.0.0.1:8000/v1 | hosted_vllm:hosted_vllm/id
  litellm: HOSTED_VLLM_API_KEY | HOSTED_VLLM_API_BASE http://127.0.0.1:8000/v1 | hosted_vllm:hosted_vllm/id
  continue: VLLM_API_KEY | apiBase http://127.0.0.1:8000/v1 | vllm:id
  zed: VLLM_API_KEY | api_url http://127.0.0.1:8000/v1 | openai_compatible.vllm:id
  cline: no key | baseUrl http://127.0.0.1:8000/v1 | openai-compatible:id
llamafile
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL http://127.0.0.1:8080/v1 | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: LLAMAFILE_API_KEY | provider.llamafile.options.baseURL http://127.0.0.1:8080/v1 | llamafile:llamafile/id
  aider: LLAMAFILE_API_KEY | LLAMAFILE_API_BASE http://127.0.0.1:8080/v1 | llamafile:llamafile/id
  litellm: LLAMAFILE_API_KEY | LLAMAFILE_API_BASE http://127.0.0.1:8080/v1 | llamafile:llamafile/id
  continue: LLAMAFILE_API_KEY | apiBase http://127.0.0.1:8080/v1 | llamafile:id
  zed: LLAMAFILE_API_KEY | api_url http://127.0.0.1:8080/v1 | openai_compatible.llamafile:id
  cline: no key | baseUrl http://127.0.0.1:8080/v1 | openai-compatible:id
openai-compatible
  claude: -
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL - | .:id | COPILOT_PROVIDER_TYPE=openai
  opencode: no key | provider.openai-compatible.options.baseURL - | openai-compatible:openai-compatible/id
  aider: no key | no base - | openai:openai/id
  litellm: no key | no base - | openai:openai/id
  continue: no key | apiBase - | openai:id
  zed: OPENAI_COMPATIBLE_API_KEY | api_url - | openai_compatible.openai-compatible:id
  cline: no key | baseUrl - | openai-compatible:id
anthropic-compatible
  claude: ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY | ANTHROPIC_BASE_URL - | .:id
  codex: -
  gemini: -
  copilot: COPILOT_PROVIDER_API_KEY | COPILOT_PROVIDER_BASE_URL - | .:id | COPILOT_PROVIDER_TYPE=anthropic
  opencode: no key | provider.anthropic-compatible.options.baseURL - | anthropic-compatible:anthropic-compatible/id
  aider: no key | no base - | anthropic:anthropic/id
  litellm: no key | no base - | anthropic:anthropic/id
  continue: -
  zed: ANTHROPIC_COMPATIBLE_API_KEY | api_url - | anthropic_compatible.anthropic-compatible:id
  cline: -
`;

const table = (): Map<string, Map<string, string>> => {
  const out = new Map<string, Map<string, string>>();
  let row: Map<string, string> | undefined;
  for (const line of said.trim().split("\n")) {
    const cut = line.indexOf(": ");
    if (!line.startsWith(" ")) out.set(line, (row = new Map()));
    else row!.set(line.slice(2, cut), line.slice(cut + 2));
  }
  return out;
};
const cell = (tool: Tool, kind: string): string => {
  const r = reach(tool, kind);
  if (!r) return "-";
  const where = [r.region, r.project].filter((v) => v !== undefined);
  const sets = Object.entries(r.sets ?? {}).map(([k, v]) => `${k}=${v}`);
  const base = `${r.base ?? "no base"} ${r.address ?? "-"}`;
  return [
    r.keys.join(" ") || "no key",
    base,
    `${r.provider ?? "."}:${r.model("id")}`,
    ...where,
    ...sets,
  ].join(" | ");
};

const tools = Object.keys(toolRows) as Tool[];
describe.each([...table()])("%s", (kind, cells) => {
  test.each([...cells])("%s", (tool, text) => expect(cell(tool as Tool, kind)).toBe(text));
});

test("every provider of the table and every tool is restated, and every cell has a source with a version or a date", () => {
  expect([...table().keys()]).toEqual(Object.keys(providers));
  for (const cells of table().values()) expect([...cells.keys()]).toEqual(tools);
  for (const tool of tools) expect(toolRows[tool].source, tool).toMatch(/\d{4}-\d{2}-\d{2}|@[0-9a-f]{7}/);
});

describe("rows", () => {
  const rows = Object.entries(providers) as [string, ProviderRow][];
  test("origins have no path, paths begin with a slash and end without one, probes lie below the origin", () => {
    for (const [id, row] of rows) {
      if (row.origin) expect(new URL(row.origin).origin, id).toBe(row.origin);
      for (const path of Object.values(row.paths)) expect(path, id).toMatch(/^(?:\/.*[^/])?$/);
      if (row.probe) expect(row.probe.path, id).toMatch(/^\//);
      expect(row.litellm.prefix, id).toMatch(/^[a-z_]+\/$/);
      for (const key of row.keys) expect(key, id).toMatch(/^[A-Z][A-Z0-9_]+$/);
    }
  });
  test("what runs here, and only that, is asked at this machine without a key", () => {
    for (const [id, { local, origin, probe }] of rows)
      if (local) {
        expect(origin, id).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
        expect(probe?.key, id).toBeUndefined();
      }
  });
  test("those that the spec's readers look for are there", () => {
    const wanted = [
      ...[
        "anthropic",
        "openai",
        "amazon-bedrock",
        "google-vertex",
        "google",
        "azure",
        "openrouter",
        "portkey",
      ],
      ...[
        "litellm",
        "groq",
        "mistral",
        "deepseek",
        "xai",
        "github-copilot",
        "ollama",
        "lmstudio",
        "llama.cpp",
      ],
      ...["vllm", "llamafile", "openai-compatible", "anthropic-compatible"],
    ];
    expect(wanted.filter((id) => !providers[id])).toEqual([]);
  });
  test("a kind that nobody knows is compatible with OpenAI's, and so is one named like a property", () => {
    for (const name of ["nobody", "constructor", "__proto__", "toString"]) {
      expect(rowOf({ name })).toBeUndefined();
      expect(servedBy({ name })).toBe(providers["openai-compatible"]);
      expect(reach("litellm", name)?.model("x")).toBe("openai/x");
      expect(reach("codex", name)).toBeUndefined();
    }
  });
  test("Roo Code's profiles are of providers that there are", () => {
    expect(Object.keys(profiles).filter((id) => !providers[id])).toEqual([]);
  });
});

test.each([
  ["a/b", { provider: "a", id: "b" }],
  ["openrouter/qwen/qwen3:free", { provider: "openrouter", id: "qwen/qwen3:free" }],
  ["a", undefined],
  ["/b", undefined],
  ["a/", undefined],
  ["", undefined],
])("the step %j", (text, split) => expect(splitModel(text)).toEqual(split));
