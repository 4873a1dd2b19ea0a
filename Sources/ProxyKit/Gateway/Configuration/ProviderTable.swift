/// The providers that are known by name; a new one is a new line.
enum ProviderTable {
  /// Columns: id, base URL, key variables, quirks; `-` is nothing.
  static let rows = """
    openai https://api.openai.com/v1 OPENAI_API_KEY
    anthropic https://api.anthropic.com/v1 ANTHROPIC_API_KEY
    gemini https://generativelanguage.googleapis.com/v1beta GEMINI_API_KEY,GOOGLE_API_KEY
    azure - AZURE_OPENAI_API_KEY
    vertex - VERTEX_API_KEY
    bedrock - AWS_BEARER_TOKEN_BEDROCK
    groq https://api.groq.com/openai/v1 GROQ_API_KEY
    together_ai https://api.together.xyz/v1 TOGETHER_API_KEY,TOGETHERAI_API_KEY
    openrouter https://openrouter.ai/api/v1 OPENROUTER_API_KEY numeric_tool_call_ids
    fireworks_ai https://api.fireworks.ai/inference/v1 FIREWORKS_API_KEY
    mistral https://api.mistral.ai/v1 MISTRAL_API_KEY numeric_tool_call_ids
    codestral https://codestral.mistral.ai/v1 CODESTRAL_API_KEY numeric_tool_call_ids
    perplexity https://api.perplexity.ai PERPLEXITYAI_API_KEY,PERPLEXITY_API_KEY
    deepseek https://api.deepseek.com DEEPSEEK_API_KEY
    cerebras https://api.cerebras.ai/v1 CEREBRAS_API_KEY
    xai https://api.x.ai/v1 XAI_API_KEY
    nvidia_nim https://integrate.api.nvidia.com/v1 NVIDIA_NIM_API_KEY
    sambanova https://api.sambanova.ai/v1 SAMBANOVA_API_KEY
    nebius https://api.studio.nebius.ai/v1 NEBIUS_API_KEY
    deepinfra https://api.deepinfra.com/v1/openai DEEPINFRA_API_KEY
    novita https://api.novita.ai/v3/openai NOVITA_API_KEY
    hyperbolic https://api.hyperbolic.xyz/v1 HYPERBOLIC_API_KEY
    lambda_ai https://api.lambdalabs.com/v1 LAMBDA_API_KEY
    nscale https://inference.nscale.com/v1 NSCALE_API_KEY
    featherless_ai https://api.featherless.ai/v1 FEATHERLESS_API_KEY
    friendliai https://api.friendli.ai/serverless/v1 FRIENDLIAI_TOKEN
    replicate https://openai-compat.replicate.com/v1 REPLICATE_API_KEY
    cohere_chat https://api.cohere.com/compatibility/v1 COHERE_API_KEY
    ai21 https://api.ai21.com/studio/v1 AI21_API_KEY
    anyscale https://api.endpoints.anyscale.com/v1 ANYSCALE_API_KEY
    aleph_alpha https://api.aleph-alpha.com ALEPH_ALPHA_API_KEY
    nlp_cloud https://api.nlpcloud.io NLP_CLOUD_API_KEY
    clarifai https://api.clarifai.com/v2 CLARIFAI_API_KEY
    predibase https://serving.app.predibase.com PREDIBASE_API_KEY
    voyage https://api.voyageai.com/v1 VOYAGE_API_KEY
    jina_ai https://api.jina.ai/v1 JINA_AI_API_KEY
    github_copilot https://models.github.ai/inference GITHUB_TOKEN
    chutes https://llm.chutes.ai/v1 CHUTES_API_KEY
    gmi https://api.gmi-serving.com/v1 GMI_CLOUD_API_KEY
    meta_llama https://www.llama.com/api/v1 META_LLAMA_API_KEY
    aiml https://api.aimlapi.com/v1 AIML_API_KEY
    morph https://api.morphllm.com/v1 MORPH_API_KEY
    galadriel https://api.galadriel.com/v1 GALADRIEL_API_KEY
    nanogpt https://nano-gpt.com/api/v1 NANOGPT_API_KEY
    bytez https://api.bytez.com/models/v2 BYTEZ_KEY
    publicai https://api.publicai.co/v1 PUBLIC_AI_API_KEY
    moonshot https://api.moonshot.cn/v1 MOONSHOT_API_KEY
    volcengine https://ark.cn-beijing.volces.com/api/v3 VOLCENGINE_API_KEY
    minimax https://api.minimax.chat/v1 MINIMAX_API_KEY
    zai https://open.bigmodel.cn/api/paas/v4 ZHIPUAI_API_KEY,ZAI_API_KEY glm_thinking
    dashscope https://dashscope.aliyuncs.com/compatible-mode/v1 DASHSCOPE_API_KEY
    xiaomi_mimo https://api.mimo.chat/v1 XIAOMI_MIMO_API_KEY
    gradient_ai https://api.gradient.ai GRADIENT_ACCESS_TOKEN
    databricks - DATABRICKS_API_KEY
    hosted_vllm - VLLM_API_KEY
    huggingface - HUGGINGFACE_API_KEY,HF_TOKEN
    scaleway - SCW_SECRET_KEY
    baseten - BASETEN_API_KEY
    azure_ai - AZURE_AI_API_KEY
    watsonx - WATSONX_API_KEY
    cloudflare - CLOUDFLARE_API_KEY
    snowflake - SNOWFLAKE_JWT
    ovhcloud - OVH_AI_ENDPOINTS_ACCESS_TOKEN
    wandb - WANDB_API_KEY
    xinference - -
    triton - -
    ollama http://localhost:11434/v1 -
    lm_studio http://localhost:1234/v1 -
    llama_cpp http://localhost:8080/v1 -
    llamafile http://localhost:8080/v1 -
    lemonade http://localhost:8000/v1 -
    docker_model_runner http://localhost:12434/engines/llama.cpp/v1 -
    infinity http://localhost:7997/v1 -
    petals http://localhost:8080/v1 -
    demo - -
    """

  /// Other names of the same provider.
  static let aliases = [
    "zhipuai": "zai", "gmi_cloud": "gmi", "public_ai": "publicai", "ai_ml_api": "aiml",
    "github": "github_copilot", "jina": "jina_ai", "lmstudio": "lm_studio",
    "llama.cpp": "llama_cpp", "vllm": "hosted_vllm", "together": "together_ai",
    "fireworks": "fireworks_ai", "vertex_ai": "vertex", "azure_openai": "azure",
    "aws": "bedrock", "gemini_native": "gemini",
  ]
}
