"""The official anthropic SDK against the gateway: translated to Chat, and passed to Anthropic."""

import unittest

import anthropic
import scripted_vendor as script
from house import KEY, House

WEATHER = {
    "name": "get_weather", "description": "Weather of a town",
    "input_schema": {"type": "object", "properties": {"town": {"type": "string"}},
                     "required": ["town"]},
}


class AnthropicSDK(House):
    """A client, and what every test asks with it."""

    def setUp(self):
        super().setUp()
        self.client = self.make_client(KEY)

    def make_client(self, key):
        client = anthropic.Anthropic(api_key=key, base_url=self.gateway.url, max_retries=0)
        self.addCleanup(client.close)
        return client

    def ask(self, model, **more):
        return self.client.messages.create(
            model=model, max_tokens=200,
            **{"messages": [{"role": "user", "content": "Hello"}], **more})

    def check_calls(self, message):
        calls = [block for block in message.content if block.type == "tool_use"]
        self.assertEqual([call.name for call in calls], [tool[1] for tool in script.TOOLS])
        self.assertEqual([call.input for call in calls], [tool[2] for tool in script.TOOLS])
        self.assertEqual(len({call.id for call in calls}), len(script.TOOLS))
        self.assertEqual(message.stop_reason, "tool_use")
        return calls


class EitherRoad:
    """The same questions whether the upstream speaks Chat or Anthropic."""

    def test_a_message_comes_back_whole(self):
        message = self.ask(f"{self.road}-say")
        self.assertEqual(message.type, "message")
        self.assertEqual(message.role, "assistant")
        self.assertEqual([block.text for block in message.content], [script.TEXT])
        self.assertEqual(message.stop_reason, "end_turn")
        self.assertEqual(message.usage.input_tokens, 16)
        self.assertEqual(message.usage.cache_read_input_tokens, 5)
        self.assertEqual(message.usage.output_tokens, 13)
        self.assertEqual(message.model, f"{self.road}-say")

    def test_a_message_that_ran_out_of_room_says_so(self):
        self.assertEqual(self.ask(f"{self.road}-length").stop_reason, "max_tokens")

    def test_a_stream_adds_up_to_the_message(self):
        with self.client.messages.stream(
                model=f"{self.road}-say", max_tokens=200,
                messages=[{"role": "user", "content": "Hello"}]) as stream:
            pieces = list(stream.text_stream)
            message = stream.get_final_message()
        self.assertEqual("".join(pieces), script.TEXT)
        self.assertGreater(len(pieces), 1)
        self.assertEqual(message.content[0].text, script.TEXT)
        self.assertEqual(message.stop_reason, "end_turn")
        self.assertEqual(message.usage.output_tokens, 13)

    def test_the_events_of_a_stream_keep_their_order(self):
        events = list(self.ask(f"{self.road}-tools", stream=True, tools=[WEATHER]))
        kinds = [event.type for event in events]
        self.assertEqual(kinds.count("message_start"), 1)
        self.assertEqual(kinds[0], "message_start")
        self.assertEqual(kinds[-2:], ["message_delta", "message_stop"])
        open_block, last_index = None, -1
        for event in events:
            if event.type == "content_block_start":
                self.assertIsNone(open_block)
                self.assertEqual(event.index, last_index + 1)
                open_block = last_index = event.index
            elif event.type == "content_block_delta":
                self.assertEqual(event.index, open_block)
            elif event.type == "content_block_stop":
                self.assertEqual(event.index, open_block)
                open_block = None
        self.assertIsNone(open_block)

    def test_thinking_comes_before_the_text(self):
        message = self.ask(f"{self.road}-think")
        self.assertEqual([block.type for block in message.content], ["thinking", "text"])
        self.assertEqual(message.content[0].thinking, script.THINKING)
        with self.client.messages.stream(
                model=f"{self.road}-think", max_tokens=200,
                messages=[{"role": "user", "content": "Hello"}]) as stream:
            streamed = stream.get_final_message()
        self.assertEqual([block.type for block in streamed.content], ["thinking", "text"])
        self.assertEqual(streamed.content[0].thinking, script.THINKING)

    def test_parallel_calls_arrive_with_all_their_arguments(self):
        self.check_calls(self.ask(f"{self.road}-tools", tools=[WEATHER]))
        with self.client.messages.stream(
                model=f"{self.road}-tools", max_tokens=200, tools=[WEATHER],
                messages=[{"role": "user", "content": "Weather?"}]) as stream:
            self.check_calls(stream.get_final_message())

    def test_failures_of_the_upstream_become_the_sdks_own_errors(self):
        expected = {
            "badrequest": anthropic.BadRequestError, "missing": anthropic.NotFoundError,
            "forbidden": anthropic.PermissionDeniedError, "limited": anthropic.RateLimitError,
            "broken": anthropic.InternalServerError,
        }
        for name, error in expected.items():
            for is_streamed in (False, True):
                with self.assertRaises(error, msg=name) as caught:
                    self.ask(f"{self.road}-{name}", stream=is_streamed)
                self.assertEqual(caught.exception.body["type"], "error")
                self.assertIn(script.FAILURES[name][2], str(caught.exception))

    def test_a_rate_limit_says_when_to_come_back(self):
        with self.assertRaises(anthropic.RateLimitError) as caught:
            self.ask(f"{self.road}-limited")
        self.assertEqual(caught.exception.response.headers["retry-after"], "7")

    def test_an_error_or_a_cut_inside_a_stream_is_never_a_clean_end(self):
        for name in ("inband", "cut"):
            with self.assertRaises(anthropic.APIError, msg=name):
                for _ in self.ask(f"{self.road}-{name}", stream=True):
                    pass

    def test_leaving_a_stream_cancels_the_upstream(self):
        self.vendor.client_left.clear()
        stream = self.ask(f"{self.road}-endless", stream=True)
        for event in stream:
            if event.type == "content_block_delta":
                break
        stream.close()
        self.assertTrue(self.vendor.client_left.wait(20))


class Translated(EitherRoad, AnthropicSDK):
    road = "chat"


class Passed(EitherRoad, AnthropicSDK):
    road = "claude"


class OneRoad(AnthropicSDK):
    def test_the_upstream_sees_its_own_key_and_never_the_callers(self):
        self.ask("chat-say")
        headers = self.last_request()["headers"]
        self.assertEqual(headers["authorization"], "Bearer chat-upstream-key")
        self.ask("claude-say")
        headers = self.last_request()["headers"]
        self.assertEqual(headers["x-api-key"], "claude-upstream-key")
        self.assertNotIn(KEY, str(headers))

    def test_versions_and_betas_travel_to_an_anthropic_upstream(self):
        self.ask("claude-say", extra_headers={
            "anthropic-beta": "effort-2025-11-24,context-1m-2025-08-07",
            "x-claude-code-session-id": "session-1"})
        headers = self.last_request()["headers"]
        self.assertEqual(headers["anthropic-beta"], "effort-2025-11-24,context-1m-2025-08-07")
        self.assertEqual(headers["x-claude-code-session-id"], "session-1")
        self.assertIn("anthropic-version", headers)

    def test_results_of_calls_go_back_to_the_calls_they_answer(self):
        first = self.ask("chat-tools", tools=[WEATHER])
        calls = self.check_calls(first)
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": f"sun {number}"}
                   for number, call in enumerate(calls)]
        answer = self.ask("chat-say", tools=[WEATHER], messages=[
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": [block.model_dump() for block in first.content]},
            {"role": "user", "content": [*results, {"type": "text", "text": "Well?"}]}])
        self.assertEqual(answer.content[0].text, script.TEXT)
        sent = self.last_request()["body"]["messages"]
        asked = next(message for message in sent if message.get("tool_calls"))
        told = [message for message in sent if message["role"] == "tool"]
        self.assertEqual([message["tool_call_id"] for message in told],
                         [call["id"] for call in asked["tool_calls"]])
        self.assertEqual([message["content"] for message in told], ["sun 0", "sun 1"])
        self.assertEqual(sent[-1]["role"], "user")

    def test_what_is_asked_reaches_the_upstream_in_its_words(self):
        self.ask("chat-say", system="Be brief.", stop_sequences=["END"], tools=[WEATHER],
                 tool_choice={"type": "any"})
        body = self.last_request()["body"]
        self.assertEqual(body["messages"][0], {"role": "system", "content": "Be brief."})
        self.assertEqual(body["tools"][0]["function"]["name"], "get_weather")
        self.assertEqual(body["tools"][0]["function"]["parameters"], WEATHER["input_schema"])
        self.assertEqual(body["tool_choice"], "required")
        self.assertIn(body["stop"], ("END", ["END"]))

    def test_an_overflow_is_worded_so_that_agents_compact(self):
        with self.assertRaises(anthropic.BadRequestError) as caught:
            self.ask("chat-overflow")
        self.assertIn("prompt is too long", str(caught.exception))

    def test_tokens_can_be_counted_before_asking(self):
        counted = self.client.messages.count_tokens(
            model="chat-say", system="Be brief.", tools=[WEATHER],
            messages=[{"role": "user", "content": "Hello " * 100}])
        self.assertGreater(counted.input_tokens, 100)

    def test_the_models_are_listed_in_anthropics_shape(self):
        listed = {model.id: model.type for model in self.client.models.list(limit=1000)}
        self.assertEqual(listed.get("claude-say"), "model")

    def test_a_wrong_key_is_an_authentication_error(self):
        with self.assertRaises(anthropic.AuthenticationError) as caught:
            self.make_client("sk-wrong").messages.create(
                model="chat-say", max_tokens=20, messages=[{"role": "user", "content": "Hello"}])
        self.assertEqual(caught.exception.body["type"], "error")
        self.assertEqual(caught.exception.body["error"]["type"], "authentication_error")
        self.assertEqual(self.vendor.requests, [])


class AsyncAnthropicSDK(House, unittest.IsolatedAsyncioTestCase):
    async def test_many_streams_at_once_do_not_mix(self):
        import asyncio

        async with anthropic.AsyncAnthropic(
                api_key=KEY, base_url=self.gateway.url, max_retries=0) as client:
            async def one(model):
                async with client.messages.stream(
                        model=model, max_tokens=200,
                        messages=[{"role": "user", "content": "Hello"}]) as stream:
                    return await stream.get_final_message()

            models = ["chat-say", "chat-think", "claude-say", "claude-think"] * 8
            messages = await asyncio.gather(*map(one, models))
        for model, message in zip(models, messages):
            self.assertEqual(message.model, model)
            self.assertEqual(message.content[-1].text, script.TEXT)
            self.assertEqual(len(message.content), 2 if model.endswith("think") else 1)


if __name__ == "__main__":
    unittest.main()
