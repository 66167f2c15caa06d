#include "harness/conductor/executable.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <fstream>

#include "core/base/error.hpp"
#include "harness/conductor/fact_files.hpp"

namespace an::harness {
namespace {

namespace fs = std::filesystem;

class ExecutableTest : public testing::Test {
 protected:
  ExecutableTest() {
    std::string pattern = fs::temp_directory_path() / "antinode-executable-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ExecutableTest() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  // Compiles `source` in a folder of its own, as two checkouts would.
  fs::path build(const std::string& name, const std::string& source) const {
    const fs::path file = write(name + "/main.cpp", source);
    const fs::path program = folder_ / name / "program";
    const std::string command =
        std::string(AN_COMPILER) + " -O1 -g -o " + program.string() + " " + file.string();
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return program;
  }

  fs::path folder_;
};

constexpr const char* kSource =
    "static volatile int start = 41;\n"
    "static const char* const words[] = {\"one\", \"two\"};\n"
    "int main(int n, char**) { return (start + 7) * n + words[n & 1][0]; }\n";

std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(ExecutableTest, TheSameSourceBuiltInAnotherFolderIsEqual) {
  const fs::path one = build("one", kSource), two = build("elsewhere", kSource);
  EXPECT_EQ(code_hash(one), code_hash(two));
  EXPECT_NE(read_text(one), read_text(two)) << "the debug information tells the folders apart";
}

TEST_F(ExecutableTest, AChangedConstantStartValueOrStringDiffers) {
  const std::string hash = code_hash(build("one", kSource));
  EXPECT_NE(hash, code_hash(build("constant", with(kSource, "+ 7", "+ 8"))));
  EXPECT_NE(hash, code_hash(build("value", with(kSource, "41", "42"))));
  EXPECT_NE(hash, code_hash(build("string", with(kSource, "two", "too"))));
}

TEST_F(ExecutableTest, ACommentIsNoChange) {
  EXPECT_EQ(code_hash(build("one", kSource)),
            code_hash(build("two", std::string(kSource) + "// said at the end\n")));
}

TEST_F(ExecutableTest, AStrippedCopyIsEqualAndSmaller) {
  const fs::path whole = build("one", kSource), stripped = folder_ / "stripped";
  const std::string command = "strip -o " + stripped.string() + " " + whole.string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  const ExecutableFacts before = read_executable(whole), after = read_executable(stripped);
  EXPECT_EQ(before.code_hash, after.code_hash);
  EXPECT_EQ(before.text_bytes, after.text_bytes);
  EXPECT_LT(after.file_bytes, before.file_bytes);
}

TEST_F(ExecutableTest, SizesAreThoseOfTheFileAndOfItsCode) {
  const fs::path program = build("one", kSource);
  const ExecutableFacts facts = read_executable(program);
  EXPECT_EQ(facts.file_bytes, static_cast<std::int64_t>(fs::file_size(program)));
  EXPECT_GT(facts.text_bytes.value_or(0), 0);
  EXPECT_LT(facts.text_bytes.value_or(INT64_MAX), facts.file_bytes);
  EXPECT_EQ(facts.code_hash.size(), 32u);
}

TEST_F(ExecutableTest, AScriptIsHashedWhole) {
  const ExecutableFacts facts = read_executable(write("script", "#!/bin/sh\nexit 0\n"));
  EXPECT_EQ(facts.text_bytes, std::nullopt);
  EXPECT_EQ(facts.code_hash, code_hash(write("copy", "#!/bin/sh\nexit 0\n")));
  EXPECT_NE(facts.code_hash, code_hash(write("other", "#!/bin/sh\nexit 1\n")));
  // The published value of FNV-1a 128 for "foobar".
  EXPECT_EQ(code_hash(write("foobar", "foobar")), "343e1662793c64bf6f0d3597ba446f18");
}

TEST_F(ExecutableTest, ATornElfFileIsHashedWhole) {
  const std::string whole = read_text(build("one", kSource)).value_or("");
  for (const std::size_t size :
       {std::size_t{4}, std::size_t{40}, std::size_t{64}, whole.size() / 2, whole.size() - 1}) {
    const ExecutableFacts facts = read_executable(write("torn", whole.substr(0, size)));
    EXPECT_EQ(facts.text_bytes, std::nullopt) << size;
  }
}

TEST_F(ExecutableTest, AFileThatIsNotThereIsAnError) {
  EXPECT_THROW(code_hash(folder_ / "nothing"), Error);
}

}  // namespace
}  // namespace an::harness
