"""Responses that the gateway keeps for the official openai SDK, with backends that keep nothing."""

import unittest

import openai
import scripted_vendor as script
from house import KEY, OTHER_KEY, House

WEATHER = {"type": "function", "name": "get_weather", "strict": False, "parameters": {
    "type": "object", "properties": {"town": {"type": "string"}}}}


class StoredResponses(House):
    def setUp(self):
        super().setUp()
        self.client = self.make_client(KEY)
        self.other = self.make_client(OTHER_KEY)

    def make_client(self, key):
        client = openai.OpenAI(api_key=key, base_url=f"{self.gateway.url}/v1", max_retries=0)
        self.addCleanup(client.close)
        return client

    def ask(self, model, text, **more):
        return self.client.responses.create(model=model, input=text, **more)

    def said(self):
        """What the chat vendor was told last, as pairs of role and text."""
        return [(message["role"], message["content"])
                for message in self.last_request()["body"]["messages"]]

    def test_a_chain_carries_the_whole_conversation(self):
        first = self.ask("chat-say", "One", instructions="Be brief")
        second = self.ask("chat-say", "Two", previous_response_id=first.id)
        self.assertEqual(second.previous_response_id, first.id)
        third = self.ask("claude-say", "Three", previous_response_id=second.id)
        told = self.last_request()["body"]
        self.assertNotIn("Be brief", str(told))
        self.assertEqual([message["role"] for message in told["messages"]],
                         ["user", "assistant"] * 2 + ["user"])
        self.assertEqual(third.output_text, script.TEXT)
        self.ask("chat-say", "Again", previous_response_id=first.id)
        self.assertEqual(self.said(), [("user", "One"), ("assistant", script.TEXT),
                                       ("user", "Again")])

    def test_a_streamed_response_is_kept_with_its_end(self):
        with self.client.responses.stream(model="chat-tools", input="Hi", tools=[WEATHER]) as stream:
            for event in stream:
                if event.type == "response.completed":
                    kept = self.client.responses.retrieve(event.response.id)
            final = stream.get_final_response()
        self.assertEqual([item.id for item in kept.output], [item.id for item in final.output])
        calls = [item for item in kept.output if item.type == "function_call"]
        results = [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
                   for call in calls]
        self.client.responses.create(
            model="chat-say", input=results, previous_response_id=final.id, tools=[WEATHER])
        self.assertEqual([message["role"] for message in self.last_request()["body"]["messages"]],
                         ["user", "assistant", "tool", "tool"])

    def test_a_response_is_retrieved_listed_and_deleted(self):
        made = self.ask("chat-say", "Hello")
        self.assertEqual(self.client.responses.retrieve(made.id).to_dict(), made.to_dict())
        self.client.responses.delete(made.id)
        with self.assertRaises(openai.NotFoundError):
            self.client.responses.retrieve(made.id)
        with self.assertRaises(openai.NotFoundError):
            self.client.responses.delete(made.id)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.ask("chat-say", "Hello", previous_response_id=made.id)
        self.assertEqual(caught.exception.code, "previous_response_not_found")
        self.assertEqual(caught.exception.param, "previous_response_id")

    def test_the_input_items_come_in_pages(self):
        first = self.ask("chat-say", "One")
        second = self.ask("chat-say", [{"role": "developer", "content": "Be brief"},
                                       {"role": "user", "content": "Two"}],
                          previous_response_id=first.id)
        items = list(self.client.responses.input_items.list(second.id, order="asc", limit=3))
        self.assertEqual([item.role for item in items], ["user", "assistant", "developer", "user"])
        self.assertEqual(items[1].id, first.output[0].id)
        self.assertEqual(len({item.id for item in items}), 4)
        page = self.client.responses.input_items.list(second.id, limit=1)
        self.assertTrue(page.has_more)
        self.assertEqual(page.data[0].content[0].text, "Two")
        listed = list(self.client.responses.input_items.list(first.id))
        self.assertEqual([item.content[0].text for item in listed], ["One"])

    def test_nothing_is_kept_that_was_not_to_be_stored(self):
        made = self.ask("chat-say", "Hello", store=False)
        with self.assertRaises(openai.NotFoundError):
            self.client.responses.retrieve(made.id)

    def test_another_key_finds_nothing(self):
        made = self.ask("chat-say", "Secret")
        for ask in (self.other.responses.retrieve, self.other.responses.delete,
                    self.other.responses.cancel, self.other.responses.input_items.list):
            with self.assertRaises(openai.NotFoundError):
                ask(made.id)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.other.responses.create(
                model="chat-say", input="And?", previous_response_id=made.id)
        self.assertEqual(caught.exception.code, "previous_response_not_found")
        self.assertEqual(self.client.responses.retrieve(made.id).id, made.id)

    def test_what_has_ended_is_neither_cancelled_nor_streamed_again(self):
        made = self.ask("chat-say", "Hello")
        with self.assertRaises(openai.BadRequestError):
            self.client.responses.cancel(made.id)
        with self.assertRaises(openai.BadRequestError):
            self.client.responses.retrieve(made.id, stream=True)

    def test_compaction_needs_a_backend_that_can(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.client.responses.compact(model="claude-say", input="Hello")
        self.assertIn("message", caught.exception.body)
        self.assertEqual(self.vendor.requests, [])


if __name__ == "__main__":
    unittest.main()
