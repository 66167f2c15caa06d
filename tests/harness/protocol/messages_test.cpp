#include "harness/protocol/messages.hpp"

#include <gtest/gtest.h>

namespace an::harness {
namespace {

// Decodes what was encoded; fails the test when that is refused or becomes another alternative.
template <class T>
T there_and_back(const T& message) {
  if constexpr (std::is_constructible_v<Request, T>) {
    const auto decoded = decode_request(encode(Request(message)));
    EXPECT_EQ(decoded.reason, "");
    return std::get<T>(decoded.value.value());
  } else {
    const auto decoded = decode_reply(encode(Reply(message)));
    EXPECT_EQ(decoded.reason, "");
    return std::get<T>(decoded.value.value());
  }
}

std::string reply_refusal(std::string_view line) {
  const auto decoded = decode_reply(line);
  EXPECT_FALSE(decoded.value.has_value()) << line;
  return decoded.reason;
}

std::string request_refusal(std::string_view line) {
  const auto decoded = decode_request(line);
  EXPECT_FALSE(decoded.value.has_value()) << line;
  return decoded.reason;
}

TEST(Messages, PrepareSurvivesTheWire) {
  const PrepareRequest request{"fib",  30,         2,     UINT64_MAX, {{"beat_us", "30"}},
                               {0, 1}, {{1}, {0}}, {0, 3}};
  const PrepareRequest back = there_and_back(request);
  EXPECT_EQ(back.workload, "fib");
  EXPECT_EQ(back.n, 30);
  EXPECT_EQ(back.workers, 2u);
  EXPECT_EQ(back.seed, UINT64_MAX);
  EXPECT_EQ(back.options, request.options);
  EXPECT_EQ(back.cpus, request.cpus);
  EXPECT_EQ(back.victims, request.victims);
  EXPECT_EQ(back.nodes, request.nodes);
}

TEST(Messages, PrepareIsWrittenAsTheSpecificationSays) {
  const PrepareRequest request{"fib", 30, 2, 1, {{"beat_us", "30"}}, {0, 1}, {{1}, {0}}, {0, 0}};
  EXPECT_EQ(
      encode(Request(request)),
      R"({"request":"prepare","workload":"fib","n":30,"workers":2,"seed":1,)"
      R"("options":{"beat_us":"30"},"placement":{"cpus":[0,1],"victims":[[1],[0]],"nodes":[0,0]}})");
}

TEST(Messages, PlacementAndOptionsMayBeAbsent) {
  const auto decoded =
      decode_request(R"({"request":"prepare","workload":"fib","n":1,"workers":1,"seed":0})");
  ASSERT_TRUE(decoded) << decoded.reason;
  EXPECT_TRUE(std::get<PrepareRequest>(*decoded.value).cpus.empty());
}

TEST(Messages, DescriptionSurvivesTheWire) {
  DescribeReply reply;
  reply.scheduler = "heartbeat";
  reply.build = {"GCC 12", "-O3", "Release", ""};
  reply.workers_max = 1024;
  reply.is_instrument = true;
  reply.task_bytes = 40;
  reply.options = {{"beat_us", "30", "period", "1..10"}};
  reply.workloads = {
      {"fib", "summary", "source", "join", "n", {{"small", 25}, {"small", 26}}, 0, 50}};
  const DescribeReply back = there_and_back(reply);
  EXPECT_EQ(back.scheduler, "heartbeat");
  EXPECT_TRUE(back.build.is_publishable());
  EXPECT_EQ(back.workers_max, 1024u);
  EXPECT_TRUE(back.is_instrument);
  EXPECT_EQ(back.task_bytes, 40);
  EXPECT_EQ(back.options.at(0).default_value, "30");
  EXPECT_EQ(back.workloads.at(0).sizes.at(1).n, 26);
  EXPECT_EQ(back.workloads.at(0).n_max, 50);
}

TEST(Messages, DigestsKeepAllSixtyFourBits) {
  EXPECT_EQ(there_and_back(ReadyReply{UINT64_MAX, 3, 4, {{"a", -1}}}).expected, UINT64_MAX);
  TurnReply turn;
  turn.check = UINT64_MAX - 1;
  turn.counters = {{"steals", 3}};
  turn.nvcsw = 7;
  const TurnReply back = there_and_back(turn);
  EXPECT_EQ(back.check, UINT64_MAX - 1);
  EXPECT_EQ(back.counters, turn.counters);
  EXPECT_EQ(back.nvcsw, 7);
  EXPECT_EQ(back.cpu_ns, std::nullopt);
}

TEST(Messages, ErrorsSurviveTheWire) {
  const ErrorReply back = there_and_back(ErrorReply{"No", "Because", "Do.", ErrorKind::kUsage});
  EXPECT_EQ(back.kind, ErrorKind::kUsage);
  EXPECT_EQ(back.text(), "No. Because. Do.");
}

TEST(Messages, TheSmallOnesSurviveTheWire) {
  there_and_back(DescribeRequest{});
  there_and_back(MemoryRequest{});
  there_and_back(QuitRequest{});
  there_and_back(ByeReply{});
  EXPECT_EQ(there_and_back(TurnRequest{12}).iterations, 12);
  EXPECT_EQ(there_and_back(EstimateRequest{"fib", 3, 2}).workers, 2u);
  EXPECT_EQ(there_and_back(EstimateReply{9}).bytes, 9);
}

TEST(Messages, EveryMemberOfAMemoryReplySurvivesTheWire) {
  const MemoryReply back = there_and_back(MemoryReply{true, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_TRUE(back.metered);
  EXPECT_EQ(back.live_start, 1);
  EXPECT_EQ(back.live_before, 2);
  EXPECT_EQ(back.live_peak, 3);
  EXPECT_EQ(back.live_after, 4);
  EXPECT_EQ(back.live_end, 5);
  EXPECT_EQ(back.mapped_after, 6);
  EXPECT_EQ(back.requested, 7);
  EXPECT_EQ(back.rss_before_kib, 8);
  EXPECT_EQ(back.rss_after_kib, 9);
  EXPECT_EQ(back.ops, 10);
}

TEST(Messages, AMemoryReplyOfAnOlderCellIsUnderstood) {
  const auto decoded = decode_reply(
      R"({"reply":"memory","metered":true,"live_before":1,"live_peak":2,"live_after":1,"ops":3})");
  ASSERT_TRUE(decoded) << decoded.reason;
  const auto& memory = std::get<MemoryReply>(*decoded.value);
  EXPECT_EQ(memory.live_peak, 2);
  EXPECT_EQ(memory.live_end, std::nullopt);
  EXPECT_EQ(memory.rss_after_kib, std::nullopt);
  EXPECT_EQ(reply_refusal(R"({"reply":"memory","metered":true,"live_end":"1","ops":3})"),
            R"("live_end" is not an integer)");
}

TEST(Messages, ATraceSurvivesTheWire) {
  const TraceRequest request = there_and_back(TraceRequest{3, 8192});
  EXPECT_EQ(request.worker, 3U);
  EXPECT_EQ(request.from, 8192);
  const TraceReply reply =
      there_and_back(TraceReply{31882204, 1, 2, {{1200, "steal", 0}, {5100, "cohort", -7}}});
  EXPECT_EQ(reply.ns, 31882204);
  EXPECT_EQ(reply.lost, 1);
  EXPECT_EQ(reply.left, 2);
  ASSERT_EQ(reply.events.size(), 2U);
  EXPECT_EQ(reply.events[1].at_ns, 5100);
  EXPECT_EQ(reply.events[1].kind, "cohort");
  EXPECT_EQ(reply.events[1].arg, -7);
}

TEST(Messages, PrepareAsksForATraceOnlyIfItIsWanted) {
  PrepareRequest request;
  request.workload = "fib";
  EXPECT_EQ(encode(Request(request)).find("trace"), std::string::npos);
  EXPECT_FALSE(there_and_back(request).trace);
  request.trace = true;
  EXPECT_TRUE(there_and_back(request).trace);
}

TEST(Messages, ATraceOfAnotherShapeIsRefused) {
  const std::string head = R"({"reply":"trace","ns":1,"lost":0,"left":0,"events":)";
  EXPECT_NE(reply_refusal(head + R"([[1,"steal"]]})").find("time, kind and number"),
            std::string::npos);
  EXPECT_NE(reply_refusal(head + R"([[1,2,3]]})").find("not a string"), std::string::npos);
  EXPECT_NE(reply_refusal(head + R"([[1.5,"steal",3]]})").find("not an integer"),
            std::string::npos);
  EXPECT_NE(request_refusal(R"({"request":"trace","worker":0,"from":-1})").find("negative"),
            std::string::npos);
}

TEST(Messages, UnknownMembersAreIgnored) {
  EXPECT_TRUE(decode_reply(R"({"reply":"estimate","bytes":1,"colour":{"of":["the","sky"]}})"));
}

TEST(Messages, WrongTypesAreRefusedByName) {
  EXPECT_EQ(reply_refusal(R"({"reply":"estimate","bytes":"1"})"), R"("bytes" is not an integer)");
  EXPECT_EQ(reply_refusal(R"({"reply":"estimate","bytes":1.5})"), R"("bytes" is not an integer)");
  EXPECT_EQ(reply_refusal(R"({"reply":"estimate","bytes":-1})"), R"("bytes" is negative)");
  EXPECT_EQ(reply_refusal(R"({"reply":"estimate"})"), R"("bytes" is missing)");
  EXPECT_EQ(reply_refusal(R"({"reply":"estimate","bytes":18446744073709551615})"),
            R"("bytes" is out of range)");
  EXPECT_EQ(request_refusal(R"({"request":"turn","iterations":0})"), R"("iterations" is below 1)");
  EXPECT_NE(request_refusal(R"({"request":"prepare","workload":"a","n":1,"workers":-1,"seed":1})"),
            "");
  EXPECT_NE(reply_refusal(R"({"reply":"ready","expected":"12x","ops":1,"bytes":0,"notes":{}})"),
            "");
  EXPECT_NE(reply_refusal(R"({"reply":"ready","expected":12,"ops":1,"bytes":0,"notes":{}})"), "");
}

TEST(Messages, NotJsonIsRefusedWithWhatItWas) {
  EXPECT_NE(reply_refusal("Segmentation fault").find("Segmentation fault"), std::string::npos);
  EXPECT_NE(reply_refusal("[1]"), "");
  EXPECT_NE(reply_refusal(""), "");
  EXPECT_NE(reply_refusal(R"({"reply":"estimate","bytes":NaN})"), "");
  EXPECT_NE(reply_refusal(std::string(100'000, '[')), "");
}

TEST(Messages, AnotherProtocolVersionIsRefused) {
  EXPECT_NE(reply_refusal(R"({"reply":"describe","protocol":2,"scheduler":"x","workers_max":1})")
                .find("protocol 2"),
            std::string::npos);
}

TEST(Messages, NamesThatCannotBePartOfACellNameAreRefused) {
  EXPECT_NE(reply_refusal(R"({"reply":"describe","protocol":1,"scheduler":"a/b","workers_max":1})"),
            "");
}

TEST(Messages, BytesThatAreNotUtf8DoNotBreakTheLine) {
  const std::string line = encode(Reply(ErrorReply{"\xff", "", "", ErrorKind::kInternal}));
  EXPECT_TRUE(decode_reply(line));
}

TEST(Messages, FoldRepeatedEqualsFoldingOneByOne) {
  std::uint64_t check = 0;
  for (std::int64_t iterations = 0; iterations < 200; ++iterations) {
    EXPECT_EQ(fold_repeated(0x123456789abcdefULL, iterations), check);
    check = fold_check(check, 0x123456789abcdefULL);
  }
}

}  // namespace
}  // namespace an::harness
