# Cells in other languages: executables that speak harness/PROTOCOL.md, built by the tools of their
# language and copied beside the other cells. They need an_absent, the file of what could not be built
# (schedulers/CMakeLists.txt).

# an_peer_is_absent(name REASON): shown as n/a with that reason.
function(an_peer_is_absent name reason)
  file(APPEND ${an_absent} "${name}\t${reason}\n")
endfunction()

# an_add_foreign_cells(NAMES name.. BUILT folder COMMAND word.. DEPENDS file..): COMMAND, run in the folder
# of the caller whenever one of the files has changed, leaves cell-<name> of each in BUILT. They are
# copied anew even if it left them as they were, so that the next build has nothing to do.
function(an_add_foreign_cells)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "BUILT" "NAMES;COMMAND;DEPENDS")
  list(TRANSFORM arg_NAMES PREPEND ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/cell- OUTPUT_VARIABLE cells)
  list(TRANSFORM arg_NAMES PREPEND ${arg_BUILT}/cell- OUTPUT_VARIABLE built)
  list(JOIN arg_NAMES " " an_names)
  add_custom_command(
    OUTPUT ${cells}
    COMMAND ${arg_COMMAND}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${cells}  # one that still runs cannot be written to
    COMMAND ${CMAKE_COMMAND} -E copy ${built} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
    DEPENDS ${arg_DEPENDS}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Building the cells ${an_names}"
    VERBATIM)
  foreach(name cell IN ZIP_LISTS arg_NAMES cells)
    add_custom_target(cell-${name} ALL DEPENDS ${cell})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY AN_FOREIGN_CELLS ${cells})
endfunction()
