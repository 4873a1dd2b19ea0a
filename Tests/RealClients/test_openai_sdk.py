"""The official openai SDK against the gateway, with an OpenAI backend."""

import json
import unittest

import openai
import scripted_vendor as script
from house import KEY, House

WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {
        "type": "object", "properties": {"town": {"type": "string"}}}},
}


class OpenAISDK(House):
    def setUp(self):
        super().setUp()
        self.client = self.make_client(KEY)

    def make_client(self, key):
        client = openai.OpenAI(api_key=key, base_url=f"{self.gateway.url}/v1", max_retries=0)
        self.addCleanup(client.close)
        return client

    def ask(self, model, **more):
        return self.client.chat.completions.create(
            model=model, **{"messages": [{"role": "user", "content": "Hello"}], **more})

    def test_a_completion_comes_back_whole(self):
        completion = self.ask("chat-say")
        self.assertEqual(completion.id, "chatcmpl-scripted")
        self.assertEqual(completion.choices[0].message.content, script.TEXT)
        self.assertEqual(completion.choices[0].finish_reason, "stop")
        self.assertEqual(completion.usage.total_tokens, 34)
        self.assertEqual(completion.usage.prompt_tokens_details.cached_tokens, 5)

    def test_unknown_members_travel_both_ways(self):
        completion = self.ask("chat-think", extra_body={"vendor_member": {"a": [1.50, "ü"]}})
        self.assertEqual(self.last_request()["body"]["vendor_member"], {"a": [1.5, "ü"]})
        self.assertEqual(completion.choices[0].message.reasoning_content, script.THINKING)

    def test_a_stream_without_usage_asked_has_no_usage_chunk(self):
        chunks = list(self.ask("chat-say", stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        self.assertEqual(text, script.TEXT)
        self.assertEqual([chunk for chunk in chunks if chunk.usage], [])
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")

    def test_the_meter_asks_for_usage_even_when_the_client_does_not(self):
        list(self.ask("chat-say", stream=True))
        self.assertTrue(self.last_request()["body"]["stream_options"]["include_usage"])

    def test_a_stream_with_usage_asked_ends_with_it(self):
        chunks = list(self.ask(
            "chat-say", stream=True, stream_options={"include_usage": True}))
        self.assertEqual(chunks[-1].choices, [])
        self.assertEqual(chunks[-1].usage.completion_tokens, 13)

    def test_parallel_calls_arrive_with_all_their_arguments(self):
        message = self.ask("chat-tools", tools=[WEATHER]).choices[0].message
        self.assertEqual([json.loads(call.function.arguments) for call in message.tool_calls],
                         [tool[2] for tool in script.TOOLS])
        arguments = {}
        for chunk in self.ask("chat-tools", tools=[WEATHER], stream=True):
            for call in chunk.choices[0].delta.tool_calls or []:
                arguments[call.index] = arguments.get(call.index, "") + call.function.arguments
        self.assertEqual([json.loads(text) for text in arguments.values()],
                         [tool[2] for tool in script.TOOLS])

    def test_a_wrong_key_is_an_authentication_error(self):
        with self.assertRaises(openai.AuthenticationError) as caught:
            self.make_client("sk-wrong").chat.completions.create(
                model="chat-say", messages=[{"role": "user", "content": "Hello"}])
        self.assertIn("message", caught.exception.body)
        self.assertEqual(self.vendor.requests, [])

    def test_failures_of_the_upstream_become_the_sdks_own_errors(self):
        expected = {
            "badrequest": openai.BadRequestError, "missing": openai.NotFoundError,
            "forbidden": openai.PermissionDeniedError, "limited": openai.RateLimitError,
            "broken": openai.InternalServerError,
        }
        for name, error in expected.items():
            for is_streamed in (False, True):
                with self.assertRaises(error, msg=name) as caught:
                    self.ask(f"chat-{name}", stream=is_streamed)
                self.assertEqual(caught.exception.body["message"], script.FAILURES[name][2])

    def test_a_rate_limit_says_when_to_come_back(self):
        with self.assertRaises(openai.RateLimitError) as caught:
            self.ask("chat-limited")
        self.assertEqual(caught.exception.response.headers["retry-after"], "7")

    def test_an_error_or_a_cut_inside_a_stream_is_never_a_clean_end(self):
        for name in ("inband", "cut"):
            with self.assertRaises((openai.APIError, openai.APIConnectionError), msg=name):
                for _ in self.ask(f"chat-{name}", stream=True):
                    pass

    def test_leaving_a_stream_cancels_the_upstream(self):
        stream = self.ask("chat-endless", stream=True)
        next(iter(stream))
        stream.close()
        self.assertTrue(self.vendor.client_left.wait(20))

    def test_the_models_are_listed_in_openais_shape(self):
        listed = {model.id: model.object for model in self.client.models.list()}
        self.assertEqual(listed.get("chat-say"), "model")


if __name__ == "__main__":
    unittest.main()
