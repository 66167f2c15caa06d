# Writes OUTPUT, a C++ file with the commit that SOURCE is at and whether it was changed since. Run by every
# build; the file is touched only when its content changes, so nothing is compiled again without need.
#   cmake -DSOURCE=dir -DOUTPUT=file -P git_version.cmake
set(commit "unknown")
set(dirty "false")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --verify HEAD
    OUTPUT_VARIABLE head RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed AND head MATCHES "^[0-9a-f]+$")
    set(commit ${head})
    # Results are not sources. No optional locks: a build must not disturb a git command beside it.
    execute_process(
      COMMAND ${GIT} -C ${SOURCE} --no-optional-locks status --porcelain -- . ":(exclude)results"
      OUTPUT_VARIABLE changes RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(failed OR NOT changes STREQUAL "")
      set(dirty "true")
    endif()
  endif()
endif()

set(text "// Written by harness/git_version.cmake.
#include \"harness/conductor/environment.hpp\"

namespace an::harness {

const char* git_commit() {
  return \"${commit}\";
}

bool git_is_dirty() {
  return ${dirty};
}

}  // namespace an::harness
")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
