/// A LiteLLM configuration with something of everything.
enum LiteLLMFixture {
  static let whole = """
    model_list:
      - model_name: smart
        litellm_params:
          model: anthropic/claude-opus-4-6
          api_key: os.environ/ANTHROPIC_API_KEY
          rpm: 60
          tpm: 90000
          weight: 3
      - model_name: smart
        litellm_params:
          model: azure/gpt-4o-east
          api_base: https://east.openai.azure.com/
          api_key: os.environ/AZURE_EAST_KEY
          api_version: "2024-10-21"
        model_info:
          id: east-1
          input_cost_per_token: 0.0000025
          output_cost_per_token: 1e-5
      - model_name: gpt-4o-mini
        litellm_params:
          model: openai/gpt-4o-mini
          api_key: sk-literal-0123456789
          timeout: 30
          drop_params: true
          temperature: 0.1
      - model_name: llama
        litellm_params:
          model: ollama_chat/llama3:8b
          api_base: http://localhost:11434
      - model_name: nova
        litellm_params:
          model: bedrock/converse/amazon.nova-pro-v1:0
          aws_access_key_id: os.environ/AWS_ID
          aws_secret_access_key: os.environ/AWS_SECRET
          aws_region_name: us-east-1
      - model_name: flash
        litellm_params:
          model: vertex_ai/gemini-2.5-flash
          vertex_project: lab
          vertex_location: us-central1
      - model_name: own
        litellm_params: {model: openai/own, api_base: "http://10.0.0.9:8000/v1"}
      - model_name: claude-*
        litellm_params: {model: anthropic/*, api_key: os.environ/ANTHROPIC_API_KEY}
      - model_name: nowhere
        litellm_params: {model: databricks/dbrx}
    litellm_settings:
      num_retries: 3
      request_timeout: 600
      context_window_fallbacks: [{gpt-4o-mini: [smart]}]
      default_fallbacks: [llama]
      cache: true
      cache_params: {type: redis, host: redis.internal, ttl: 120}
      callbacks: [langfuse]
      max_budget: 100
      budget_duration: 30d
      drop_params: true
    router_settings:
      routing_strategy: latency-based-routing
      num_retries: 2
      allowed_fails: 3
      cooldown_time: 30
      fallbacks:
        - smart: [gpt-4o-mini, unheard-of]
      model_group_alias:
        gpt-4: smart
        hidden-one: {model: llama, hidden: true}
      redis_host: redis.internal
    general_settings:
      master_key: os.environ/MASTER
      database_url: os.environ/DATABASE_URL
      allowed_ips: [10.0.0.0/8, 127.0.0.1]
    environment_variables:
      LANGFUSE_SECRET_KEY: never-shown
    """

  static let variables = [
    "ANTHROPIC_API_KEY": "sk-ant-1", "AZURE_EAST_KEY": "az-1", "AWS_ID": "AKIA1",
    "AWS_SECRET": "secret-1", "MASTER": "sk-master-1",
  ]
}
