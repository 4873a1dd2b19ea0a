import Synchronization
import TestSupport
import Testing
import Transport

@Suite("An event loop")
struct EventLoopTests {
  @Test func `runs tasks on its one thread, after every suspension`() async throws {
    let loop = try EventLoop(name: "tasks")
    let threads = await loop.value { () -> Set<UInt> in
      var threads: Set<UInt> = [OwnThread.current]
      for _ in 0..<100 {
        await Task.yield()
        threads.insert(OwnThread.current)
        await loop.sleep(for: .zero)
        threads.insert(OwnThread.current)
      }
      return threads
    }
    #expect(threads.count == 1)
    loop.stop()
  }

  @Test func `wakes sleepers when they are cancelled`() async throws {
    let loop = try EventLoop(name: "sleep")
    let task = Task(executorPreference: loop) {
      await loop.sleep(for: .seconds(3600))
      return Task.isCancelled
    }
    task.cancel()
    #expect(await task.value)
    loop.stop()
  }

  @Test func `wakes sleepers when it stops`() async throws {
    let loop = try EventLoop(name: "stop")
    let sleeps = Latch<Bool>()
    let task = Task(executorPreference: loop) {
      sleeps.open()
      await loop.sleep(for: .seconds(3600))
      return true
    }
    _ = try await blocking { sleeps.wait() }
    loop.stop()
    #expect(await task.value)
  }

  @Test func `wakes sleepers in the order of their times`() async throws {
    let loop = try EventLoop(name: "order")
    let order = await loop.value {
      await withTaskGroup(of: Int.self) { group in
        for number in [3, 1, 2] {
          group.addTask(executorPreference: loop) {
            await loop.sleep(for: .milliseconds(60 * number))
            return number
          }
        }
        var order: [Int] = []
        for await number in group { order.append(number) }
        return order
      }
    }
    #expect(order == [1, 2, 3])
    loop.stop()
  }

  @Test func `repeats until it is told not to`() async throws {
    let loop = try EventLoop(name: "every")
    let count = Atomic<Int>(0)
    let third = Latch<Bool>()
    let timer = loop.every(.milliseconds(1)) {
      if count.add(1, ordering: .relaxed).newValue == 3 { third.open() }
    }
    #expect(try await blocking { third.wait() } == true)
    await loop.value { timer.cancel() }
    let atCancel = count.load(ordering: .relaxed)
    await loop.sleep(for: .milliseconds(20))
    let later = count.load(ordering: .relaxed)
    #expect(later == atCancel)
    loop.stop()
  }

  @Test func `runs what comes after its end`() async throws {
    let loop = try EventLoop(name: "late")
    loop.stop()
    for _ in 0..<100 {
      #expect(await loop.value { true })
    }
  }

  @Test func `wakes from many threads at once`() async throws {
    let loop = try EventLoop(name: "many")
    let count = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count = 0
          for _ in 0..<500 where await loop.value({ true }) { count += 1 }
          return count
        }
      }
      return await group.reduce(0, +)
    }
    #expect(count == 4000)
    loop.stop()
  }
}

@Suite("Small things everybody shares")
struct MessageTests {
  @Test func `fields compare without case and keep their order`() {
    var fields: HTTPFields = ["A": "1", "b": "2", "a": "3"]
    #expect(fields.first("a") == "1")
    #expect(fields.all("A") == ["1", "3"])
    fields.set("a", "4")
    #expect(fields.map { "\($0.name)=\($0.value)" } == ["A=4", "b=2"])
    fields.append("c", "5")
    fields.remove("B")
    #expect(fields == ["A": "4", "c": "5"])
    #expect(!fields.contains("b") && fields.contains("C") && fields.count == 2)
    fields.set("d", "6")
    #expect(fields.first("D") == "6")
    #expect(!"é".equalsIgnoringCase("É"))
  }

  @Test func `a budget gives what it has and no more`() {
    let budget = ByteBudget(limit: 10)
    #expect(budget.take(6) && !budget.take(5) && budget.take(4) && budget.used == 10)
    budget.give(6)
    #expect(budget.take(6) && !budget.take(Int.max))
  }

  @Test func `a cancellation reaches all who listen, once, and those who come late`() {
    let cancellation = Cancellation()
    let count = Atomic<Int>(0)
    cancellation.onCancel { count.add(1, ordering: .relaxed) }
    let forgotten = cancellation.onCancel { count.add(100, ordering: .relaxed) }
    cancellation.forget(forgotten)
    cancellation.cancel()
    cancellation.cancel()
    cancellation.onCancel { count.add(1, ordering: .relaxed) }
    let total = count.load(ordering: .relaxed)
    #expect(total == 2 && cancellation.isCancelled)
  }
}
