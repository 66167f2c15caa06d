# cmake --install: headers, the libraries a cell and a program need, the harness with its cells, the schemas.
#   PREFIX/bin                 harness, cell-*, libantinode_meter.so
#   PREFIX/include/antinode    core/ schedulers/ workloads/ harness/{cell,protocol}: included as in the sources
#   PREFIX/lib/antinode        static libraries
#   PREFIX/lib/cmake/antinode  find_package(antinode): targets antinode::*, antinode_add_scheduler
#   PREFIX/share/antinode      schemas of the results
include(CMakePackageConfigHelpers)

set(an_lib lib/antinode)
set(an_package lib/cmake/antinode)

# Every library of the rooms below the harness, except the peers: their libraries belong to others.
set(an_libraries an_flags an_protocol an_cell an_cpu_check)
foreach(room core core/runtime schedulers workloads)
  get_property(targets DIRECTORY ${CMAKE_SOURCE_DIR}/${room} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type MATCHES "LIBRARY" AND target MATCHES "^an_")
      list(APPEND an_libraries ${target})
    endif()
  endforeach()
endforeach()
get_property(an_peers GLOBAL PROPERTY AN_PEERS)
list(TRANSFORM an_peers REPLACE "(.+)" "an_scheduler_\\1;an_scheduler_\\1_sources")
list(REMOVE_ITEM an_libraries "" ${an_peers})
foreach(library IN LISTS an_libraries)  # an_core is antinode::core
  string(REGEX REPLACE "^an_" "" name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${an_libraries} EXPORT antinode ARCHIVE DESTINATION ${an_lib} OBJECTS DESTINATION ${an_lib})
install(EXPORT antinode NAMESPACE antinode:: FILE antinode-targets.cmake DESTINATION ${an_package})

foreach(room core schedulers workloads)
  install(DIRECTORY ${room} DESTINATION include/antinode FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(DIRECTORY harness/cell harness/protocol DESTINATION include/antinode/harness
  FILES_MATCHING PATTERN "*.hpp")

get_property(an_schedulers GLOBAL PROPERTY AN_SCHEDULERS)
list(TRANSFORM an_schedulers PREPEND cell- OUTPUT_VARIABLE an_cells)
install(TARGETS harness ${an_cells} RUNTIME DESTINATION bin)
get_property(an_foreign_cells GLOBAL PROPERTY AN_FOREIGN_CELLS)
install(PROGRAMS ${an_foreign_cells} DESTINATION bin)
install(TARGETS antinode_meter LIBRARY DESTINATION bin)
install(FILES ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/cells.absent DESTINATION bin)
install(DIRECTORY results/schema DESTINATION share/antinode)

configure_package_config_file(cmake/antinode-config.cmake.in ${CMAKE_BINARY_DIR}/antinode-config.cmake
  INSTALL_DESTINATION ${an_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/antinode-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES cmake/cell.cmake cmake/cell_main.cpp.in cmake/build_info.cpp.in
  ${CMAKE_BINARY_DIR}/antinode-config.cmake ${CMAKE_BINARY_DIR}/antinode-config-version.cmake
  DESTINATION ${an_package})
