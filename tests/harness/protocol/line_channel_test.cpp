#include "harness/protocol/line_channel.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>

#include "core/base/thread.hpp"

namespace an::harness {
namespace {

class LineChannelTest : public testing::Test {
 protected:
  LineChannelTest() { ::signal(SIGPIPE, SIG_IGN); }
  ~LineChannelTest() override {
    for (const int fd : {data_[0], data_[1], wake_[0], wake_[1]}) {
      ::close(fd);
    }
  }
  void feed(std::string_view bytes) {
    EXPECT_EQ(::write(data_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void hang_up() {
    ::close(data_[1]);
    data_[1] = ::dup(wake_[1]);
  }

  static std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return ends;
  }

  std::array<int, 2> data_ = make_pipe(), wake_ = make_pipe();
  LineChannel channel_{data_[0], data_[1], wake_[0]};
  std::string line_;
};

constexpr Deadline kAtOnce{0};

TEST_F(LineChannelTest, ReadsLinesInOrderFromOneWrite) {
  feed("one\ntwo\n\nthr");
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(line_, "one");
  EXPECT_TRUE(channel_.has_unread());
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(line_, "two");
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(line_, "");
  EXPECT_EQ(channel_.read(line_, kAtOnce), LineStatus::kTimeout);
  feed("ee\n");
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(line_, "three");
}

TEST_F(LineChannelTest, TellsAnEndFromATornLine) {
  feed("whole\ntorn");
  hang_up();
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kTorn);
  EXPECT_EQ(line_, "torn");
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kEnd);
}

TEST_F(LineChannelTest, TimesOutOnSilence) {
  EXPECT_EQ(channel_.read(line_, Deadline::after(1'000'000)), LineStatus::kTimeout);
}

TEST_F(LineChannelTest, WakeEndsAWait) {
  ASSERT_EQ(::write(wake_[1], "!", 1), 1);
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kInterrupted);
}

TEST_F(LineChannelTest, RefusesALineThatIsTooLongAndReadsTheNext) {
  Thread writer("writer", [this] {
    std::string text(3 * kLineBytesMax, 'x');
    text += "\nnext\n";
    std::size_t written = 0;
    while (written < text.size()) {
      const ssize_t count = ::write(data_[1], text.data() + written, text.size() - written);
      ASSERT_GT(count, 0);
      written += static_cast<std::size_t>(count);
    }
  });
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kTooLong);
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(line_, "next");
  writer.join();
}

TEST_F(LineChannelTest, ALineOfTheGreatestLengthIsRead) {
  Thread writer("writer", [this] {
    EXPECT_EQ(LineChannel(-1, data_[1]).write(std::string(kLineBytesMax, 'y'), Deadline::never()),
              LineStatus::kOk);
  });
  EXPECT_EQ(channel_.read(line_, Deadline::never()), LineStatus::kOk);
  EXPECT_EQ(line_.size(), kLineBytesMax);
  writer.join();
}

TEST_F(LineChannelTest, WriteGivesUpWhenNobodyReads) {
  ::fcntl(data_[1], F_SETFL, O_NONBLOCK);
  EXPECT_EQ(channel_.write(std::string(kLineBytesMax, 'z'), Deadline::after(1'000'000)),
            LineStatus::kTimeout);
  EXPECT_EQ(channel_.write(std::string(kLineBytesMax + 1, 'z'), kAtOnce), LineStatus::kTooLong);
}

TEST_F(LineChannelTest, WriteToAClosedReaderIsAnEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ::close(ends[0]);
  EXPECT_EQ(LineChannel(-1, ends[1]).write("x", Deadline::never()), LineStatus::kEnd);
  ::close(ends[1]);
}

}  // namespace
}  // namespace an::harness
